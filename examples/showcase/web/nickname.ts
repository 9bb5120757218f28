import type { Plug } from "anqa/plug";

const colours = ["Amber", "Coral", "Golden", "Ivory", "Russet", "Saffron", "Scarlet", "Silver"];
const birds = ["Falcon", "Heron", "Hoopoe", "Ibis", "Kestrel", "Lark", "Oriole", "Swift"];

/** Sees to it that everybody who comes to the chat has a name. */
export const giveNickname: Plug = ({ session }) => {
  if (session.get("nickname") === undefined) session.put("nickname", `${oneOf(colours)} ${oneOf(birds)}`);
};

function oneOf(choices: readonly string[]): string {
  return choices[Math.floor(Math.random() * choices.length)] as string;
}

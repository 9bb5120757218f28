/** What is shown in place of a secret. */
export const hidden = "[FILTERED]";

/**
 * Whether what goes by this name is to be kept off a page: pages of errors get pasted into chats and reports.
 *
 * It takes the words of `filterParams`, in any case and anywhere in the name, and those that headers, sessions and
 * assigns use.
 */
export function isSecret(name: string): boolean {
  return secretName.test(name);
}

/** A query with its secrets hidden, and otherwise as it came. */
export function hideInQuery(query: string): string {
  return query
    .split("&")
    .map((field) => {
      const end = field.indexOf("=");
      return end !== -1 && isSecret(decoded(field.slice(0, end))) ? `${field.slice(0, end)}=${hidden}` : field;
    })
    .join("&");
}

/** A URL, whole or not, with the secrets of its query hidden, and without the name and password before its host. */
export function hideInUrl(url: string): string {
  const plain = url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#@]*@/i, "$1");
  const start = plain.indexOf("?");
  return start === -1 ? plain : `${plain.slice(0, start)}?${hideInQuery(plain.slice(start + 1))}`;
}

/** A path with the values of secret params hidden. */
export function hideInPath(path: string, params: Readonly<Record<string, string>>): string {
  const secrets = new Set(Object.keys(params).flatMap((name) => (isSecret(name) ? [params[name]] : [])));
  if (secrets.size === 0) return path;
  return path
    .split("/")
    .map((segment) => (segment !== "" && secrets.has(decoded(segment)) ? hidden : segment))
    .join("/");
}

const secretName =
  /passw|passphrase|token|secret|credential|authori[sz]ation|cookie|api[-_]?key|private[-_]?key|session[-_]?id/i;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

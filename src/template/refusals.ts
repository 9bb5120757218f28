/** Why something cannot stand in a template, and what to write instead. Sentences for the author. */
export interface Refusal {
  readonly problem: string;
  readonly remedy: string;
}

export const dynamicAttributeName: Refusal = {
  problem: "An attribute name cannot be dynamic in part.",
  remedy: `Give the whole attribute as an object, <div \${{ [name]: value }}>, with a space before the hole.`,
};

export const dynamicTagName: Refusal = {
  problem: "A tag name cannot be dynamic.",
  remedy:
    "Choose between whole templates, wide ? html`<h1>…</h1>` : html`<h2>…</h2>`. " +
    "A bare < is written as &lt;, and a hole for attributes needs a space before it.",
};

export const dynamicEndTag: Refusal = {
  problem: "An end tag takes nothing but its name.",
  remedy: "Move what stands there into the start tag.",
};

export const dynamicComment: Refusal = {
  problem: "A value inside a comment or declaration cannot be escaped safely.",
  remedy: "Leave it away, or write a comment of TypeScript instead.",
};

export const partialValue: Refusal = {
  problem: "An attribute value without quotes cannot be dynamic in part.",
  remedy: `Put quotes around the whole value, class="card \${kind}".`,
};

export const urlWithRunningScheme: Refusal = {
  problem: "This address begins like one that is run as code; a value in it would become code.",
  remedy: "Use a binding such as phx-click, or write the whole address as one value.",
};

export const missingTagEnd: Refusal = {
  problem: "A tag is not closed before the next one begins.",
  remedy: "Add the missing >.",
};

export const unfinished: Refusal = {
  problem: "The template ends inside a tag, a comment or an element that contains text only.",
  remedy: "Close it within the same template, since another one may follow. A bare < is written as &lt;.",
};

export const hiddenScriptEnd: Refusal = {
  problem: "A script cannot contain <!--, since browsers then look for its end elsewhere.",
  remedy: 'Write it as "\\x3C!--".',
};

export function dynamicRawText(element: string): Refusal {
  return {
    problem: `A value inside <${element}> cannot be escaped safely.`,
    remedy:
      `Put it into a data attribute, <div data-value="\${value}">, and read it from there; ` +
      "for looks use a class or a style attribute.",
  };
}

export function markupInPlainText(element: string): Refusal {
  return {
    problem: `<${element}> contains text only, no markup.`,
    remedy: "Write &lt; for a < that is meant to be seen.",
  };
}

export function notSelfClosing(element: string): Refusal {
  return {
    problem: `<${element}/> does not close the element: HTML ignores the slash.`,
    remedy: `Write <${element}></${element}>.`,
  };
}

export function strayCharacter(character: string): Refusal {
  return {
    problem: `There is a ${character} in a tag where none can stand.`,
    remedy: "Look for a quote or a > that is missing before it; put values with special characters in quotes.",
  };
}

/**
 * Whether a value may be put into an attribute at all. Code and documents inside attributes have a syntax of
 * their own, which escaping for HTML does not protect.
 *
 * @param name in lower case.
 */
export function attributeRefusal(name: string): Refusal | undefined {
  if (name.startsWith("on")) {
    return {
      problem: `The event handler attribute "${name}" is code; a value in it would be run.`,
      remedy: 'Use a binding such as phx-click="save", or put the value into a data attribute and read it in a hook.',
    };
  }
  if (name === "srcdoc") {
    return {
      problem: 'The attribute "srcdoc" is a whole document; a value in it would become markup.',
      remedy: "Serve the document under a path of its own and set src.",
    };
  }
  return undefined;
}

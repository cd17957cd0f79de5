/** What the lib sent to Jupyter, where `Deno.jupyter` was. It stays for the rest of the test file. */
export interface Message {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly id: string;
}

interface Content {
  readonly data: Readonly<Record<string, unknown>>;
  readonly transient: { readonly display_id: string };
}

export function fakeKernel(): Message[] {
  const messages: Message[] = [];
  const broadcast = (type: string, { data, transient }: Content) => {
    messages.push({ type, data, id: transient.display_id });
  };
  Reflect.set(Deno, "jupyter", { broadcast });
  return messages;
}

/** Takes one line that tells a person what is being done, without a line break. */
export type Say = (line: string) => void;

/** For callers that have nobody to tell. */
export const saySilently: Say = () => undefined;

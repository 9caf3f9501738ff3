/** How the person of a command logs in to nodes, as the command line says it. */
export interface LoginOptions {
  /** The account on the nodes. */
  readonly login: string;
  /** Private key files; none for an agent and the usual ones. */
  readonly identities: readonly string[];
  /** Ask for the password of that account. */
  readonly askPassword: boolean;
  /** Ask for its password for sudo. */
  readonly askSudoPassword: boolean;
}

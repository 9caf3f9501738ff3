/** The maximum length of a request, in characters. No verb needs that many. */
const REQUEST_LENGTH = 256;

/**
 * The line of the gate that refuses a `$request` that is too long. It comes before anything else that looks at the request, since
 * matching a pattern may take a shell quadratic time.
 */
export const CHECK_LENGTH = `[ \${#request} -le ${REQUEST_LENGTH} ] || refuse 'a request has ${REQUEST_LENGTH} characters at the most'`;

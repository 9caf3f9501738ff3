/** The most characters that a request may have. No verb takes so many. */
const REQUEST_LENGTH = 256;

/**
 * A line of the gate that refuses a `$request` that is too long. It comes before all else that looks at one: to match a pattern, a shell
 * may need the square of the time that it takes to read a text.
 */
export const CHECK_LENGTH = `[ \${#request} -le ${REQUEST_LENGTH} ] || refuse 'a request has ${REQUEST_LENGTH} characters at the most'`;

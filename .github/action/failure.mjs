/** A problem that is told with its fix, and ends the step with 3. */
export class Failure extends Error {}

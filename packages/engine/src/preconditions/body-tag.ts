/** What is said of a member that should hold an entity-tag, and holds something else. */
export const entityTagText = 'An entity-tag must be a string with its quotes in it, such as "\\"4-p0aa\\"".';

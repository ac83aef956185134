/** Leaves alone what only documents the policy language: descriptions and complaints in zod schemas. */
const descriptions = {
  shouldIgnore(path) {
    const { parentPath } = path;
    const isArgumentOf = (...names) =>
      path.listKey === 'arguments' &&
      parentPath.isCallExpression() &&
      names.some((name) => parentPath.get('callee.property').isIdentifier({ name }));
    const isOnlyError = () =>
      path.isObjectExpression() &&
      path.node.properties.length === 1 &&
      path.get('properties.0.key').isIdentifier({ name: 'error' });
    return isArgumentOf('meta', 'describe', 'addIssue') || isOnlyError()
      ? 'documents the policy language'
      : undefined;
  },
};

export const strykerPlugins = [{ kind: 'Ignore', name: 'descriptions', value: descriptions }];

export default { children: [] };

const registry = JSON.parse(document.getElementById('registry').textContent);
document.getElementById('view').textContent = `Revision ${registry.revision}`;

// Another extension beside ours: it suggests code of its own, and asks Foretype's model through VS Code.
const vscode = require('vscode');

const SUGGESTION = 'print("the neighbour")'; // in place of the word at the cursor

exports.activate = (context) => {
  const suggesting = {
    provideInlineCompletionItems: (document, position) =>
      document.lineAt(position).text.endsWith('pri') ? [new vscode.InlineCompletionItem(SUGGESTION)] : [],
  };
  context.subscriptions.push(
    vscode.languages.registerInlineCompletionItemProvider({ language: 'python' }, suggesting),
    vscode.commands.registerCommand('neighbour.askModel', askModel),
    vscode.commands.registerCommand('neighbour.askParticipant', () =>
      vscode.commands.executeCommand('workbench.action.chat.open', {
        query: '@foretype What is it?',
        mode: 'ask',
        modelSelector: { vendor: 'foretype' }, // as chosen in the chat's own picker
      }),
    ),
  );
};

async function askModel() {
  const [model] = await vscode.lm.selectChatModels({ vendor: 'foretype' });
  const answer = await model.sendRequest([vscode.LanguageModelChatMessage.User('What is it? See @file')]);
  let text = '';
  for await (const piece of answer.text) {
    text += piece;
  }
  await vscode.window.showInformationMessage(`${model.name} said: ${text}`);
}

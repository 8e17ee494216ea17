/** The frame of the chat's page: nothing comes from elsewhere, and only our own script runs. */

export interface Sources {
  readonly script: string;
  readonly style: string;
  /** Where our own files are served from. */
  readonly origin: string;
  readonly nonce: string;
}

const MENTIONS = ['@selection', '@file', '@open', '@diff', '@diagnostics'];

export function chatPage({ script, style, origin, nonce }: Sources): string {
  const policy = `default-src 'none'; style-src ${origin}; img-src data:; script-src 'nonce-${nonce}'`;
  const chips = MENTIONS.map((name) => `<button type="button" class="chip" data-mention="${name}">${name}</button>`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Foretype Chat</title>
</head>
<body>
<header role="toolbar" aria-label="Chat">
<button type="button" id="new">New</button>
<button type="button" id="history" aria-expanded="false" aria-controls="list">History</button>
<button type="button" id="model" aria-label="Choose the model">Model</button>
</header>
<ul id="list" aria-label="Earlier conversations" hidden></ul>
<main id="log" role="log" aria-label="Conversation" aria-live="off" tabindex="0"></main>
<p id="said" class="unseen" role="status" aria-live="polite"></p>
<form id="ask">
<div id="chips" role="toolbar" aria-label="Send along">${chips.join('')}</div>
<div id="images" aria-label="Images to send"></div>
<textarea id="words" rows="3" aria-label="Ask Foretype" placeholder="Ask, with Enter; a new line with Shift+Enter"></textarea>
<div class="row">
<button type="submit" id="send">Send</button>
<button type="button" id="stop" hidden>Stop</button>
<button type="button" id="goOn" hidden>Continue</button>
</div>
</form>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

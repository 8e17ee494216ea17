;; Foretype for lsp-mode: beside the other servers. From lsp-mode 10 on it is ghost text, which TAB takes.
(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (list $command))
                    :activation-fn (lambda (&rest _) t)
                    :add-on? t
                    :priority -3
                    :action-handlers (let ((handlers (make-hash-table :test 'equal)))
                                       (dolist (name '("accepted" "action" "chat" "edit" "explain" "review" "sent"))
                                         (puthash (concat "foretype." name) #'foretype-run handlers))
                                       handlers)
                    ;; A conversation has the server of the project that it was opened from.
                    :library-folders-fn (lambda (_) (and (derived-mode-p 'foretype-chat-mode)
                                                         (list default-directory)))
                    :server-id 'foretype))
  (add-to-list 'lsp-language-id-configuration '(foretype-chat-mode . "markdown"))
  (setq lsp-inline-completion-enable t
        lsp-inline-completion-idle-delay 0.1))
(with-eval-after-load 'lsp-inline-completion
  (define-key lsp-inline-completion-active-map (kbd "TAB") #'lsp-inline-completion-accept))
;; A model may take its time; and what comes in one breath with an answer that lsp-mode waits for, it loses.
(defvar lsp--cur-workspace)
(defun foretype-run (command)
  (foretype-ask "workspace/executeCommand" command #'ignore))
(defun foretype-ask (method params done)
  (let ((lsp--cur-workspace
         (or (seq-find (lambda (it) (eq 'foretype (lsp--client-server-id (lsp--workspace-client it))))
                       (lsp-workspaces))
             (user-error "M-x lsp starts Foretype here"))))
    (lsp-request-async method params done :mode 'alive)))
;; M-x foretype-chat opens a conversation, where C-c C-c sends the question, stops the answer or goes on with it.
(defun foretype-chat ()
  (interactive)
  (foretype-run '(:command "foretype.chat")))
(defun foretype-chat-act ()
  (interactive)
  (foretype-ask "textDocument/codeAction" (lsp--text-document-code-action-params "source.foretype.chat")
                (lambda (actions)
                  (if (seq-empty-p actions) (message "There is nothing to send in the last section")
                    (lsp-execute-code-action (elt actions 0))))))
(define-derived-mode foretype-chat-mode text-mode "Foretype"
  (lsp)
  (view-mode -1))
(define-key foretype-chat-mode-map (kbd "C-c C-c") #'foretype-chat-act)
(add-to-list 'magic-mode-alist '("<!-- foretype chat [0-9a-f]+ -->" . foretype-chat-mode))

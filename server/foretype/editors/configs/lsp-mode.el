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
;; lsp-mode loses what comes in one breath with an answer that it waits for: answers are looked at last.
(defun foretype-is (workspace)
  (eq 'foretype (lsp--client-server-id (lsp--workspace-client workspace))))
(define-advice lsp--parser-on-message (:around (handle message workspace) foretype)
  (if (and (foretype-is workspace) (not (lsp-get message :method)))
      (run-with-timer 0 nil handle message workspace)
    (funcall handle message workspace)))
;; A model may take longer than lsp-mode waits for a command.
(defvar lsp--cur-workspace)
(defun foretype-run (command)
  (let ((lsp--cur-workspace (or (seq-find #'foretype-is (lsp-workspaces))
                                (user-error "M-x lsp starts Foretype here"))))
    (lsp-request-async "workspace/executeCommand" command #'ignore :mode 'alive)))
;; M-x foretype-chat opens a conversation, where C-c C-c sends the question, stops the answer or goes on with it.
(defun foretype-chat ()
  (interactive)
  (foretype-run '(:command "foretype.chat")))
(defun foretype-chat-act ()
  (interactive)
  (lsp-execute-code-action-by-kind "source.foretype.chat"))
(define-derived-mode foretype-chat-mode text-mode "Foretype"
  (lsp)
  (view-mode -1))
(define-key foretype-chat-mode-map (kbd "C-c C-c") #'foretype-chat-act)
(add-to-list 'magic-mode-alist '("<!-- foretype chat [0-9a-f]+ -->" . foretype-chat-mode))

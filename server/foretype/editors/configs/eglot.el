;; Foretype for eglot: completion in the menu, edits and explanations by M-x eglot-code-actions.
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '(($modes (foretype-chat-mode :language-id "markdown")) $command)))
;; M-x foretype-chat opens a conversation, where C-c C-c sends the question, stops the answer or goes on with it.
(defun foretype-chat ()
  (interactive)
  (jsonrpc-request (or (eglot-current-server) (user-error "M-x eglot starts Foretype here"))
                   :workspace/executeCommand '(:command "foretype.chat")))
(defun foretype-chat-act ()
  (interactive)
  (eglot-code-actions (point) (point) "source.foretype.chat" t))
;; Its server is that of the project that it was opened from.
(defvar foretype-chat-project nil)
(define-derived-mode foretype-chat-mode text-mode "Foretype"
  (with-current-buffer (window-buffer)
    (unless (derived-mode-p 'foretype-chat-mode)
      (setq foretype-chat-project (or (project-current) (cons 'transient (expand-file-name default-directory))))))
  (setq-local project-find-functions (list (lambda (_) foretype-chat-project))))
(define-key foretype-chat-mode-map (kbd "C-c C-c") #'foretype-chat-act)
(add-to-list 'magic-mode-alist '("<!-- foretype chat [0-9a-f]+ -->" . foretype-chat-mode))

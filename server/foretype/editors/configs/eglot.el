;; Foretype for eglot: completion in the menu, edits and explanations by M-x eglot-code-actions.
(with-eval-after-load 'eglot
  (defclass foretype-server (eglot-lsp-server) ())
  ;; A model takes its time, and Emacs waits for no command of it.
  (cl-defmethod eglot-execute ((server foretype-server) action)
    (if (not (stringp (plist-get action :command)))
        (cl-call-next-method)
      (jsonrpc-async-request
       server :workspace/executeCommand
       (list :command (plist-get action :command) :arguments (plist-get action :arguments))
       :timeout nil
       :success-fn #'ignore
       :error-fn (lambda (problem) (message "Foretype: %s" (plist-get problem :message))))))
  ;; An edit is for the text that the server knows: it is told what was typed since, before and after. One undo
  ;; takes the edit back, and not what was typed before it.
  (defun foretype-tell (server)
    (dolist (buffer (buffer-list))
      (with-current-buffer buffer
        (when (and (bound-and-true-p eglot--managed-mode) (eq (eglot-current-server) server))
          (eglot--signal-textDocument/didChange)
          (undo-boundary)))))
  (cl-defmethod eglot-handle-request :before ((server foretype-server) (_ (eql workspace/applyEdit)) &rest _)
    (foretype-tell server))
  (cl-defmethod eglot-handle-request :after ((server foretype-server) (_ (eql workspace/applyEdit)) &rest _)
    (foretype-tell server))
  (add-to-list 'eglot-server-programs
               '(($modes (foretype-chat-mode :language-id "markdown")) . (foretype-server $command))))
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

;; Foretype for lsp-mode: beside the other servers. From lsp-mode 10 on it is ghost text, which TAB takes.
(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (list $command))
                    :activation-fn (lambda (&rest _) t)
                    :add-on? t
                    :priority -3
                    :server-id 'foretype))
  (setq lsp-inline-completion-enable t
        lsp-inline-completion-idle-delay 0.1))
(with-eval-after-load 'lsp-inline-completion
  (define-key lsp-inline-completion-active-map (kbd "TAB") #'lsp-inline-completion-accept))

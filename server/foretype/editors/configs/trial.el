(let* ((said "")
       (hello "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}")
       (server (make-process :name "foretype" :command (list $command) :connection-type 'pipe :coding 'binary
                             :noquery t :filter (lambda (_ text) (setq said (concat said text))))))
  (process-send-string server (format "Content-Length: %d\r\n\r\n%s" (length hello) hello))
  (with-timeout (15)
    (while (and (process-live-p server) (not (string-match "serverInfo" said)))
      (accept-process-output server 1)))
  (princ (if (string-match "serverInfo" said) "the server answers" "the server did not answer")))

{{/* What the objects of the model's server share. */}}
{{- define "coding-agent.ollamaSelector" -}}
app.kubernetes.io/name: ollama
app.kubernetes.io/component: {{ . }}
{{- end }}

{{- define "coding-agent.ollamaPodHead" -}}
serviceAccountName: ollama
automountServiceAccountToken: false
enableServiceLinks: false
{{- end }}

{{- define "coding-agent.ollamaSecurity" -}}
runAsNonRoot: true
runAsUser: 10002
runAsGroup: 10002
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "coding-agent.ollamaPullPod" -}}
metadata:
  labels:
    {{- include "coding-agent.ollamaSelector" "pull" | nindent 4 }}
    app.kubernetes.io/part-of: coding-agent
spec:
  {{- include "coding-agent.ollamaPodHead" . | nindent 2 }}
  restartPolicy: Never
  securityContext:
    {{- include "coding-agent.ollamaSecurity" . | nindent 4 }}
  containers:
    - name: pull
      image: {{ .Values.ollama.image }}
      imagePullPolicy: IfNotPresent
      command:
        - sh
        - -c
        - |
          until ollama list >/dev/null; do sleep 2; done
          exec ollama pull "$MODEL"
      env:
        - name: HOME
          value: /tmp
        - name: OLLAMA_HOST
          value: http://ollama:11434
        - name: MODEL
          valueFrom:
            configMapKeyRef:
              name: coding-agent-config
              key: OLLAMA_MODEL
      resources:
        requests:
          cpu: 50m
          memory: 64Mi
        limits:
          cpu: 500m
          memory: 256Mi
      securityContext:
        {{- include "coding-agent.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir:
        sizeLimit: 64Mi
{{- end }}

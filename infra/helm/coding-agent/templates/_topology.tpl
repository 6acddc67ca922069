{{/* The pod that makes the queues; the Job is named by it. */}}
{{- define "coding-agent.topologyPod" -}}
metadata:
  labels:
    {{- include "coding-agent.podLabels" "topology" | nindent 4 }}
spec:
  {{- include "coding-agent.podHead" (dict "root" . "account" "topology") | nindent 2 }}
  restartPolicy: Never
  securityContext:
    {{- include "coding-agent.podSecurity" . | nindent 4 }}
  containers:
    - name: topology
      image: {{ include "coding-agent.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      {{- /* Exit code 3: something outside failed for now. */}}
      command:
        - sh
        - -c
        - |
          until coding-agent topology apply; do
            code=$?
            [ "$code" -eq 3 ] || exit "$code"
            sleep 2
          done
      envFrom:
        {{- include "coding-agent.settings" . | nindent 8 }}
      env:
        {{- include "coding-agent.brokerUrl" "worker-url" | nindent 8 }}
      resources:
        {{- toYaml .Values.topology.resources | nindent 8 }}
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

{{- define "rpa-worker.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "rpa-worker.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What never changes between two versions: a Deployment's selector is immutable. */}}
{{- define "rpa-worker.selectorLabels" -}}
app.kubernetes.io/name: {{ include "rpa-worker.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rpa-worker.labels" -}}
{{ include "rpa-worker.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: worker
app.kubernetes.io/part-of: rpa-worker
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "rpa-worker.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "rpa-worker.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "rpa-worker.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The value, or what the configuration says, or the worker's own default. */}}
{{- define "rpa-worker.drainTimeout" -}}
{{- $config := fromYaml (include "rpa-worker.config" .) -}}
{{- $worker := get (get $config "rpa" | default dict) "worker" | default dict -}}
{{- $configured := get $worker "drain-timeout" | default (get $config "rpa.worker.drain-timeout") -}}
{{/* The worker reads many more spellings, and further documents: the chart's own value must not silently win over them. */}}
{{- $mentions := regexFindAll "(?im)^[^#\n]*drain[-_]?timeout" .Values.config -1 | len -}}
{{- if and (not .Values.drainTimeout) (gt $mentions (ternary 1 0 (not (empty $configured)))) -}}
{{- fail "config has a drain timeout that the chart cannot read: write it once, as rpa.worker.drain-timeout in the first document, or set drainTimeout" -}}
{{- end -}}
{{- $drainTimeout := .Values.drainTimeout | default $configured | default "60s" | toString -}}
{{- if not (regexMatch "^[1-9][0-9]{0,4}[smh]$" $drainTimeout) -}}
{{- fail (printf "rpa.worker.drain-timeout must be whole seconds, minutes or hours such as 90s, was %s" $drainTimeout) -}}
{{- end -}}
{{- $drainTimeout -}}
{{- end -}}

{{- define "rpa-worker.drainSeconds" -}}
{{- $drainTimeout := include "rpa-worker.drainTimeout" . -}}
{{- $unit := regexFind "[smh]$" $drainTimeout -}}
{{- $seconds := mul (trimSuffix $unit $drainTimeout | int) (get (dict "s" 1 "m" 60 "h" 3600) $unit) -}}
{{- if gt $seconds 86400 -}}
{{- fail (printf "the drain timeout must be at most 24h, was %s" $drainTimeout) -}}
{{- end -}}
{{- $seconds -}}
{{- end -}}

{{/* The configuration as it was given, or a refusal: a broken file would stop every new replica at its start. */}}
{{- define "rpa-worker.config" -}}
{{- $error := get (fromYaml .Values.config) "Error" -}}
{{- if $error -}}
{{- fail (printf "config is not the YAML of an application-%s.yml: %s" .Values.environment $error) -}}
{{- end -}}
{{- if regexMatch "(?im)^[^#\n]*password[\"']?[ \t]*[:=][ \t]*[\"']?[^\\s\"'#$]" .Values.config -}}
{{- fail "config has a password; put it into the Secret that existingSecret names" -}}
{{- end -}}
{{- .Values.config -}}
{{- end -}}

{{/*
The rules of rules/rpa-worker.rules.yml about this release, with what the values change. The file is never a template:
Prometheus has braces of its own.
*/}}
{{- define "rpa-worker.rules" -}}
{{- $values := .Values.metrics.prometheusRule -}}
{{- $ours := printf "namespace=%q,job=%q" .Release.Namespace (include "rpa-worker.fullname" .) -}}
{{- $selector := $values.selector | default $ours -}}
{{- $groups := list -}}
{{- $known := list -}}
{{- range (.Files.Get "rules/rpa-worker.rules.yml" | fromYaml).groups -}}
{{- $rules := list -}}
{{- range .rules -}}
{{- $known = append $known .alert -}}
{{- $changed := get $values.overrides .alert | default dict -}}
{{- if not (has .alert $values.disabled) -}}
{{- $_ := set . "expr" (replace "job=\"rpa-worker\"" $selector .expr) -}}
{{- $_ := set . "for" ($values.for | default .for) -}}
{{- $_ := set . "labels" (mergeOverwrite .labels $values.alertLabels) -}}
{{- $_ := set .annotations "runbook_url" (printf "%s%s" $values.runbookBaseUrl .annotations.runbook_url) -}}
{{- $rules = append $rules (mergeOverwrite . (deepCopy $changed)) -}}
{{- end -}}
{{- end -}}
{{- if $rules -}}
{{- $groups = append $groups (dict "name" .name "rules" $rules) -}}
{{- end -}}
{{- end -}}
{{- range concat $values.disabled (keys $values.overrides) -}}
{{- if not (has . $known) -}}
{{- fail (printf "metrics.prometheusRule: there is no alert %s" .) -}}
{{- end -}}
{{- end -}}
{{- dict "groups" $groups | toYaml -}}
{{- end -}}

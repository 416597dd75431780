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

{{/* The schema has checked the form: a whole number and a unit. */}}
{{- define "rpa-worker.drainSeconds" -}}
{{- $seconds := dict "s" 1 "m" 60 "h" 3600 -}}
{{- $unit := regexFind "[smh]$" .Values.drainTimeout -}}
{{- mul (trimSuffix $unit .Values.drainTimeout | int) (get $seconds $unit) -}}
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

package io.rpaworker.helm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rules of Kubernetes' Pod Security Standard "restricted", and our own beyond it. */
final class RestrictedPod {

    private static final Set<String> VOLUMES = Set.of(
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret");

    private final JsonNode pod;
    private final List<String> violations = new ArrayList<>();

    private RestrictedPod(JsonNode pod) {
        this.pod = pod;
    }

    /** Says what the pod's specification breaks; empty if nothing. */
    static List<String> violations(JsonNode pod) {
        var check = new RestrictedPod(pod);
        check.wholePod();
        pod.at("/volumes").forEach(check::volume);
        pod.at("/containers").forEach(check::container);
        pod.at("/initContainers").forEach(check::container);
        return List.copyOf(check.violations);
    }

    private void wholePod() {
        forbid(pod, "/hostNetwork");
        forbid(pod, "/hostPID");
        forbid(pod, "/hostIPC");
        forbid(pod, "/securityContext/sysctls");
        demand(pod, "/automountServiceAccountToken", "false");
        demand(pod, "/enableServiceLinks", "false");
    }

    private void volume(JsonNode volume) {
        volume.propertyNames().stream()
                .filter(it -> !it.equals("name") && !VOLUMES.contains(it))
                .forEach(it -> violations.add("volume " + it));
        if (volume.has("emptyDir")) {
            demand(volume, "/emptyDir/sizeLimit", null);
        }
    }

    private void container(JsonNode container) {
        demand(container, "/securityContext/allowPrivilegeEscalation", "false");
        demand(container, "/securityContext/readOnlyRootFilesystem", "true");
        demand(container, "/securityContext/capabilities/drop/0", "ALL");
        forbid(container, "/securityContext/capabilities/add");
        forbid(container, "/securityContext/privileged");
        forbid(container, "/securityContext/procMount");
        container.at("/ports").forEach(port -> forbid(port, "/hostPort"));
        demand(container, "/resources/limits/memory", null);
        inherited(container, "/securityContext/runAsNonRoot", "true");
        inherited(container, "/securityContext/seccompProfile/type", "RuntimeDefault");
        if (effective(container, "/securityContext/runAsUser").asInt(0) < 10_000) {
            violations.add("/securityContext/runAsUser below 10000");
        }
    }

    private void inherited(JsonNode container, String path, String wanted) {
        if (!effective(container, path).asString("").equals(wanted)) {
            violations.add(path + " is not " + wanted);
        }
    }

    private JsonNode effective(JsonNode container, String path) {
        return container.at(path).isMissingNode() ? pod.at(path) : container.at(path);
    }

    private void demand(JsonNode node, String path, @Nullable String wanted) {
        String found = node.at(path).asString("");
        if (wanted == null ? found.isEmpty() : !found.equals(wanted)) {
            violations.add(path + " is '" + found + "'");
        }
    }

    private void forbid(JsonNode node, String path) {
        if (!node.at(path).isMissingNode()) {
            violations.add(path + " is there");
        }
    }
}

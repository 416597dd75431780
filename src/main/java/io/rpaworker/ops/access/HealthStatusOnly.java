package io.rpaworker.ops.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;

/** Where everything is closed, shows of health and its groups no more than the status, unless to a viewer. */
final class HealthStatusOnly implements HealthEndpointGroupsPostProcessor {

    private final boolean closed;

    HealthStatusOnly(boolean closed) {
        this.closed = closed;
    }

    @Override
    public HealthEndpointGroups postProcessHealthEndpointGroups(HealthEndpointGroups groups) {
        if (!closed) {
            return groups;
        }
        var reserved = new LinkedHashMap<String, HealthEndpointGroup>();
        for (String name : groups.getNames()) {
            reserved.put(name, new Reserved(Objects.requireNonNull(groups.get(name))));
        }
        return HealthEndpointGroups.of(new Reserved(groups.getPrimary()), Map.copyOf(reserved));
    }

    private record Reserved(HealthEndpointGroup group) implements HealthEndpointGroup {

        @Override
        public boolean isMember(String name) {
            return group.isMember(name);
        }

        @Override
        public boolean showComponents(SecurityContext who) {
            return who.isUserInRole(Role.VIEWER.text()) && group.showComponents(who);
        }

        @Override
        public boolean showDetails(SecurityContext who) {
            return who.isUserInRole(Role.VIEWER.text()) && group.showDetails(who);
        }

        @Override
        public StatusAggregator getStatusAggregator() {
            return group.getStatusAggregator();
        }

        @Override
        public HttpCodeStatusMapper getHttpCodeStatusMapper() {
            return group.getHttpCodeStatusMapper();
        }

        @Override
        public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
            return group.getAdditionalPath();
        }
    }
}

package io.rpaworker.settings;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.stereotype.Component;

/**
 * Refuses durations without a unit, wherever under {@code rpa} and from whichever source. Spring Boot takes them for
 * milliseconds; who writes 300 means seconds, as in the old system, or has written 5:00, which YAML reads as 300. Zero
 * needs no unit.
 */
@Component
class DurationUnits implements ConfigurationPropertiesBindHandlerAdvisor {

    private static final Pattern NO_UNIT = Pattern.compile("\\s*[+-]?[0-9]+\\s*");
    private static final Pattern ZERO = Pattern.compile("\\s*[+-]?0+\\s*");

    DurationUnits() {}

    @Override
    public BindHandler apply(BindHandler handler) {
        return new Check(handler);
    }

    private static final class Check extends AbstractBindHandler {

        Check(BindHandler handler) {
            super(handler);
        }

        @Override
        public @Nullable Object onSuccess(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
            ConfigurationProperty property = context.getConfigurationProperty();
            if (result instanceof Duration
                    && property != null
                    && SettingsRecords.RPA.isAncestorOf(name)
                    // A handler's own setting may say its unit itself.
                    && target.getAnnotation(DurationUnit.class) == null) {
                // As text, in which references to other settings are resolved.
                refuse(
                        property,
                        context.getBinder()
                                .bind(name, Bindable.of(String.class))
                                .orElse(""));
            }
            return super.onSuccess(name, target, context, result);
        }

        private static void refuse(ConfigurationProperty property, String value) {
            if (NO_UNIT.matcher(value).matches() && !ZERO.matcher(value).matches()) {
                String number = value.strip();
                throw new SettingsException(
                        "%s is %s, which has no unit; it stands in %s"
                                .formatted(property.getName(), number, property.getOrigin()),
                        "Write %1$ss if seconds are meant, or %1$sms, %1$sm, %1$sh, %1$sd. In YAML 5:00 is the number 300:"
                                        .formatted(number)
                                + " write 5m.");
            }
        }
    }
}

package io.rpaworker.settings;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * Says which setting is wrong, where it stands and why, as Spring Boot does, but without its value where that may be a
 * secret: one that stands at the wrong key, for instance.
 */
// Before Spring Boot's own, which print every value.
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class SettingFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    // Groups in which no secret has its place. SurveyHub's and the data source's have some.
    private static final Pattern HARMLESS =
            Pattern.compile("rpa[.\\[](global|flows|worker|maintenance|monitoring)\\b.*");
    private static final Pattern SECRET =
            Pattern.compile(".*(pass|secret|token|key|url|user|credential|auth|login).*", Pattern.CASE_INSENSITIVE);

    SettingFailureAnalyzer() {}

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        BindValidationException invalid = findCause(cause, BindValidationException.class);
        UnboundConfigurationPropertiesException unbound =
                findCause(cause, UnboundConfigurationPropertiesException.class);
        String description;
        if (invalid != null) {
            description = invalid.getValidationErrors().getAllErrors().stream()
                    .map(SettingFailureAnalyzer::text)
                    .collect(Collectors.joining("%n".formatted()));
        } else if (unbound != null) {
            description = unbound.getUnboundProperties().stream()
                    .map(it -> text(it.getName().toString(), null, it.getOrigin(), "nothing reads it"))
                    .collect(Collectors.joining("%n".formatted()));
        } else {
            description = text(cause);
        }
        return new FailureAnalysis(
                "A setting cannot be used:%n%s".formatted(description),
                "Correct it where it stands. A value that may be a secret is not shown here.",
                cause);
    }

    private static String text(ObjectError error) {
        String reason = String.valueOf(error.getDefaultMessage());
        if (error instanceof FieldError field) {
            return text(
                    error.getObjectName() + "." + field.getField(),
                    field.getRejectedValue(),
                    Origin.from(error),
                    reason);
        }
        return text(error.getObjectName(), null, Origin.from(error), reason);
    }

    private static String text(BindException cause) {
        ConfigurationProperty property = cause.getProperty();
        ConfigurationPropertyName name = property == null ? cause.getName() : property.getName();
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        ConversionFailedException conversion = findConversion(cause);
        if (root instanceof ConverterNotFoundException) {
            return text(
                    name.toString(),
                    property == null ? null : property.getValue(),
                    property == null ? null : property.getOrigin(),
                    "it takes no value, but settings below it");
        }
        String reason = conversion == null
                ? root.getClass().getSimpleName()
                : "it is no "
                        + conversion.getTargetType().getType().getSimpleName().toLowerCase(Locale.ROOT);
        return text(
                name.toString(),
                property == null ? null : property.getValue(),
                property == null ? null : property.getOrigin(),
                isShown(name.toString()) ? reason + " (" + root.getMessage() + ")" : reason);
    }

    private static @Nullable ConversionFailedException findConversion(Throwable failure) {
        for (Throwable it = failure; it != null; it = it.getCause()) {
            if (it instanceof ConversionFailedException conversion) {
                return conversion;
            }
        }
        return null;
    }

    private static String text(String name, @Nullable Object value, @Nullable Origin origin, String reason) {
        var text = new StringBuilder("%n    Property: %s".formatted(name));
        if (value != null && isShown(name)) {
            text.append("%n    Value: \"%s\"".formatted(value));
        }
        if (origin != null) {
            text.append("%n    Origin: %s".formatted(origin));
        }
        return text.append("%n    Reason: %s".formatted(reason)).toString();
    }

    private static boolean isShown(String name) {
        return HARMLESS.matcher(name).matches() && !SECRET.matcher(name).matches();
    }
}

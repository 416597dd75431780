package io.rpaworker.handlerjar;

import io.rpaworker.text.Causes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.beans.TypeMismatchException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.validation.FieldError;

/** Says in the author's terms why the beans of a jar could not be made: what was thrown in the end comes first. */
final class JarFailure {

    private final HandlerJarFile jar;
    private final List<HandlerJarFile> others;
    private final List<String> offered;

    /**
     * Knows what a jar could have needed.
     *
     * @param others the other handlers' jars, whose classes it does not see
     * @param offered the names of the worker's beans that it sees
     */
    JarFailure(HandlerJarFile jar, List<HandlerJarFile> others, List<String> offered) {
        this.jar = jar;
        this.others = others;
        this.offered = offered;
    }

    HandlerJarException of(Throwable failure) {
        List<Throwable> causes = Causes.of(failure);
        for (Throwable cause : causes.reversed()) {
            Optional<HandlerJarException> known = known(cause, causes, failure);
            if (known.isPresent()) {
                return known.get();
            }
        }
        Throwable root = causes.getLast();
        String message = message(root);
        return refusal(
                "%s (%s%s)"
                        .formatted(
                                message == null ? root.getClass().getSimpleName() : message,
                                message == null ? "" : root.getClass().getSimpleName() + ", ",
                                whereIn(causes)),
                "Mend what it says, in the handler's settings or in its code.",
                failure);
    }

    private Optional<HandlerJarException> known(Throwable cause, List<Throwable> causes, Throwable failure) {
        return Optional.ofNullable(
                switch (cause) {
                    case NoClassDefFoundError it -> missingClass(it.getMessage(), causes, failure);
                    case ClassNotFoundException it -> missingClass(it.getMessage(), causes, failure);
                    case ExceptionInInitializerError it -> null;
                    case LinkageError it -> otherVersion(it, failure);
                    case NoUniqueBeanDefinitionException it -> ambiguous(it, failure);
                    case NoSuchBeanDefinitionException it -> missingBean(it, causes, failure);
                    case BeanDefinitionOverrideException it ->
                        refusal(
                                "it has two beans of the name " + it.getBeanName(),
                                "Give one of them another name.",
                                failure);
                    case PlaceholderResolutionException it -> missingSetting(it, failure);
                    case BindException it ->
                        refusal(
                                "its settings under %s do not fit: %s".formatted(it.getName(), misfit(causes)),
                                "Set what its class of @ConfigurationProperties asks for.",
                                failure);
                    case TypeMismatchException it -> wrongValue(it, causes, failure);
                    default -> null;
                });
    }

    private @Nullable HandlerJarException missingClass(
            @Nullable String message, List<Throwable> causes, Throwable failure) {
        if (message == null || message.contains(" ")) {
            // "Could not initialize class": what came of its static initialiser is what counts.
            return null;
        }
        String name = message.replace('/', '.');
        String file = name.replace('.', '/') + ".class";
        Optional<HandlerJarFile> other =
                others.stream().filter(it -> it.classes().contains(file)).findFirst();
        return refusal(
                "it needs class %s, which %s (%s)"
                        .formatted(
                                name,
                                other.map(it -> "is in another handler's jar, " + it.path())
                                        .orElse("neither it, nor a library beside it, nor the worker has"),
                                whereIn(causes)),
                other.isPresent()
                        ? "Put the classes that several handlers use into a jar without a handler."
                        : "Put the library's jar into %s beside it."
                                .formatted(jar.path().toAbsolutePath().getParent()),
                failure);
    }

    private HandlerJarException otherVersion(LinkageError error, Throwable failure) {
        return refusal(
                "it does not fit the libraries that it meets here: " + error,
                "Compile it against the jar of this rpa-worker, with the versions of libraries that it has.",
                failure);
    }

    private HandlerJarException ambiguous(NoUniqueBeanDefinitionException cause, Throwable failure) {
        return refusal(
                "it asks for a bean of type %s, and there are several: %s"
                        .formatted(type(cause), cause.getBeanNamesFound()),
                "Say which one by @Qualifier, or compile the handler with -parameters: then a parameter's name says it.",
                failure);
    }

    private HandlerJarException missingBean(
            NoSuchBeanDefinitionException cause, List<Throwable> causes, Throwable failure) {
        String type = type(cause);
        if (type.equals("io.rpaworker.surveyhub.SurveyHub")) {
            return refusal(
                    "it reads SurveyHub, which is not configured (%s)".formatted(whereIn(causes)),
                    "Set rpa.survey-hub.url.",
                    failure);
        }
        return refusal(
                "it asks for a bean %s that neither it nor the worker offers (%s)"
                        .formatted(
                                type.isEmpty() ? "named " + cause.getBeanName() : "of type " + type, whereIn(causes)),
                "Make the bean in the jar: @Component on its class, or @Import of it where the class is in a library."
                        + " The worker offers "
                        + offered.stream().sorted().collect(Collectors.joining(", "))
                        + ".",
                failure);
    }

    private HandlerJarException missingSetting(PlaceholderResolutionException cause, Throwable failure) {
        return refusal(
                "it needs a setting that is not set: " + cause.getMessage(),
                "Set it in application-<env>.yml, as a variable, or as a file under /run/secrets/rpa.",
                failure);
    }

    // Its message has the value, which may be a secret.
    private @Nullable HandlerJarException wrongValue(
            TypeMismatchException cause, List<Throwable> causes, Throwable failure) {
        if (causes.stream().anyMatch(BindException.class::isInstance)) {
            return null;
        }
        return refusal(
                "the value that it asks for is no %s (%s)"
                        .formatted(typeName(cause.getRequiredType()), injectedInto(causes)),
                "Correct the setting that its @Value names. A value may be a secret, and is not shown here.",
                failure);
    }

    // Without values: one may be a secret.
    private static String misfit(List<Throwable> causes) {
        Throwable root = causes.getLast();
        for (Throwable cause : causes) {
            if (cause instanceof BindValidationException it) {
                return it.getValidationErrors().getAllErrors().stream()
                        .map(error -> (error instanceof FieldError field ? field.getField() + " " : "")
                                + error.getDefaultMessage())
                        .sorted()
                        .collect(Collectors.joining(", "));
            }
            if (cause instanceof ConversionFailedException it) {
                return "it is no " + typeName(it.getTargetType().getType());
            }
        }
        boolean workersOwn = root.getClass().getName().startsWith("io.rpaworker.");
        return workersOwn ? String.valueOf(message(root)) : root.getClass().getSimpleName();
    }

    private static String injectedInto(List<Throwable> causes) {
        return causes.stream()
                .filter(UnsatisfiedDependencyException.class::isInstance)
                .map(it -> ((UnsatisfiedDependencyException) it).getInjectionPoint())
                .filter(Objects::nonNull)
                .map(it -> "injected into " + it.getMember())
                .findFirst()
                .orElse("found while its beans were made");
    }

    private static String typeName(@Nullable Class<?> type) {
        return type == null ? "such type" : type.getSimpleName();
    }

    // Somebody else's code may throw there too.
    private static @Nullable String message(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (Throwable broken) {
            return null;
        }
    }

    private static String type(NoSuchBeanDefinitionException cause) {
        return cause.getBeanType() == null ? "" : cause.getBeanType().getName();
    }

    private HandlerJarException refusal(String what, String action, Throwable failure) {
        return new HandlerJarException("%s cannot be used: %s".formatted(jar.text(), what), action, failure);
    }

    private String whereIn(List<Throwable> causes) {
        for (Throwable cause : causes.reversed()) {
            if (cause instanceof BeanInstantiationException it) {
                return "thrown while %s was made".formatted(it.getBeanClass().getName());
            }
            for (StackTraceElement frame : cause.getStackTrace()) {
                String file = frame.getClassName().replace('.', '/').replaceFirst("\\$.*", "") + ".class";
                if (jar.classes().contains(file)) {
                    // Without the class loader's name, which is the jar's.
                    return "*".equals(frame.getMethodName())
                            ? "referred to by " + frame.getClassName()
                            : "thrown at " + frame.toString().replaceFirst(".*/", "");
                }
            }
        }
        return "thrown while its beans were made";
    }
}

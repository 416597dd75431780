package io.rpaworker.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A handler's project in a few lines of source, compiled and packed as its author would. */
public final class HandlerProject {

    private static final String IMPORTS = """
            import io.rpaworker.handler.*;
            import java.util.*;
            import org.springframework.beans.factory.annotation.*;
            import org.springframework.context.annotation.*;
            import org.springframework.jdbc.core.*;
            import org.springframework.jdbc.core.simple.*;
            import org.springframework.stereotype.*;
            import org.springframework.transaction.annotation.*;
            """;

    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<String> options = new ArrayList<>(List.of("-parameters", "-proc:none", "-nowarn"));
    private final List<Path> libraries = new ArrayList<>();
    private final Manifest manifest = new Manifest();
    private String folder = "";
    private boolean folders;

    /** A class; the ordinary imports of a handler are there already. */
    public HandlerProject source(String name, String text) {
        String pack = name.substring(0, name.lastIndexOf('.'));
        sources.put(name, "package " + pack + ";\n" + IMPORTS + text);
        return this;
    }

    /** A bean that takes records of a flow and completes them without a result. */
    public HandlerProject handler(String name, String flow, String members) {
        return source(name, """
                @Component
                public class %1$s implements RecordHandler<%1$s.Payload, Integer> {
                    public record Payload(int n) {}
                    public String flow() { return "%2$s"; }
                    public Outcome<Integer> handle(WorkRecord<Payload> record) throws Exception {
                        return Outcome.completed(record.payload().n());
                    }
                    %3$s
                }
                """.formatted(name.substring(name.lastIndexOf('.') + 1), flow, members));
    }

    /** A file that is packed as it is. */
    public HandlerProject file(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A file that is packed as it is. */
    public HandlerProject file(String name, byte[] content) {
        files.put(name, content);
        return this;
    }

    /** What the manifest says of the version. */
    public HandlerProject version(String said) {
        return manifest("Implementation-Version", said);
    }

    /** What else the manifest says. */
    public HandlerProject manifest(String name, String value) {
        manifest.getMainAttributes().putValue(name, value);
        return this;
    }

    /** Packs entries for folders too, as Maven does. */
    public HandlerProject withFolders() {
        folders = true;
        return this;
    }

    /** Compiles without the names of parameters. */
    public HandlerProject withoutParameters() {
        options.remove("-parameters");
        return this;
    }

    /** Compiles against another jar too. */
    public HandlerProject with(Path library) {
        libraries.add(library);
        return this;
    }

    /** Packs all classes below a folder. */
    public HandlerProject below(String packedIn) {
        folder = packedIn;
        return this;
    }

    /** Compiles and packs; answers with the jar. */
    public Path into(Path jar) {
        try {
            Path classes = Files.createTempDirectory("handler");
            if (!sources.isEmpty()) {
                compile(classes);
            }
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            try (OutputStream file = Files.newOutputStream(jar);
                    var out = new JarOutputStream(file, manifest);
                    Stream<Path> compiled = Files.walk(classes)) {
                for (Path each : compiled.filter(it -> !it.equals(classes)).toList()) {
                    String name = folder + classes.relativize(each);
                    if (Files.isRegularFile(each)) {
                        put(out, name, Files.readAllBytes(each));
                    } else if (folders) {
                        put(out, name + "/", new byte[0]);
                    }
                }
                for (var each : files.entrySet()) {
                    put(out, each.getKey(), each.getValue());
                }
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }

    private void compile(Path classes) throws IOException {
        var problems = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        String separator = System.getProperty("path.separator");
        var classPath = new StringBuilder(System.getProperty("java.class.path"));
        libraries.forEach(it -> classPath.append(separator).append(it));
        var all = new ArrayList<>(options);
        all.addAll(List.of("-d", classes.toString(), "-cp", classPath.toString()));
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            List<Source> units = sources.entrySet().stream()
                    .map(it -> new Source(it.getKey(), it.getValue()))
                    .toList();
            if (!compiler.getTask(problems, manager, null, all, null, units).call()) {
                throw new IllegalStateException(problems.toString());
            }
        }
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        private Source(String name, String text) {
            super(URI.create("string:///" + name.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}

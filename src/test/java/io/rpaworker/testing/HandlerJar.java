package io.rpaworker.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Makes jars such as handler authors build. */
public final class HandlerJar {

    private HandlerJar() {}

    /** A jar with the compiled classes of one class's package. */
    public static void ofPackage(Class<?> member, Path jar) {
        try {
            Path root = Path.of(
                    member.getProtectionDomain().getCodeSource().getLocation().toURI());
            of(root, root.resolve(member.getPackageName().replace('.', '/')), jar);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A jar with all files in {@code folder}, named as seen from {@code root}. */
    public static void of(Path root, Path folder, Path jar) {
        try (OutputStream file = Files.newOutputStream(jar);
                var out = new JarOutputStream(file);
                Stream<Path> content = Files.walk(root)) {
            List<Path> entries = content.filter(it -> !it.equals(root))
                    .filter(it -> it.startsWith(folder) || folder.startsWith(it))
                    .toList();
            for (Path each : entries) {
                boolean isFolder = Files.isDirectory(each);
                // As Maven does: packages are found by the entries of their folders.
                out.putNextEntry(new JarEntry(root.relativize(each) + (isFolder ? "/" : "")));
                if (!isFolder) {
                    Files.copy(each, out);
                }
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

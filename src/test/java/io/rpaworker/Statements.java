package io.rpaworker;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.StringEntry;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** SQL statements as they stand in classes and in their sources. */
final class Statements {

    private static final Pattern SQL =
            Pattern.compile("(select|with|insert|update|delete|merge|values)\\s.*", Pattern.DOTALL);

    private Statements() {}

    /** Of a compiled class: the compiler has put constants together, and left out what is added when it runs. */
    static Stream<String> of(JavaClass type) {
        try (InputStream bytes = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            var pool = ClassFile.of().parse(bytes.readAllBytes()).constantPool();
            return StreamSupport.stream(pool.spliterator(), false)
                    .filter(StringEntry.class::isInstance)
                    .map(entry -> ((StringEntry) entry).stringValue().strip())
                    .filter(SQL.asMatchPredicate());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Of some sources.
     *
     * @param whole those that stand in one literal
     * @param changed those that a method of theirs makes into another text, or that are given to one that does
     */
    record InSources(Set<String> whole, Set<String> changed) {

        static InSources of(Collection<Path> sources) {
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            try (var files = compiler.getStandardFileManager(null, null, null)) {
                var task = (JavacTask)
                        compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
                var found = new InSources(new HashSet<>(), new HashSet<>());
                for (var unit : task.parse()) {
                    var scanner = new Scanner(found);
                    scanner.scan(unit, null);
                    scanner.scan(unit, null);
                }
                return found;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Goes through a source twice: the second time it knows the names of its constants. */
    private static final class Scanner extends TreePathScanner<@Nullable Void, @Nullable Void> {

        private static final Set<String> PIECING = Set.of("append", "concat", "format", "join", "StringBuilder");

        private final InSources found;
        private final Set<String> names = new HashSet<>();

        Scanner(InSources found) {
            this.found = found;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, @Nullable Void none) {
            if (variable.getInitializer() instanceof LiteralTree literal && isStatement(literal)) {
                names.add(variable.getName().toString());
            }
            return super.visitVariable(variable, null);
        }

        @Override
        public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void none) {
            if (isStatement(literal)) {
                found.whole().add(String.valueOf(literal.getValue()).strip());
                look(literal);
            }
            return null;
        }

        @Override
        public @Nullable Void visitIdentifier(IdentifierTree identifier, @Nullable Void none) {
            if (names.contains(identifier.getName().toString())) {
                look(identifier);
            }
            return null;
        }

        private void look(Tree statement) {
            boolean changed = switch (getCurrentPath().getParentPath().getLeaf()) {
                case MemberSelectTree method -> true;
                case MethodInvocationTree call -> isPiecing(call.getMethodSelect());
                case NewClassTree call -> isPiecing(call.getIdentifier());
                default -> false;
            };
            if (changed) {
                found.changed().add(statement.toString());
            }
        }

        private static boolean isPiecing(Tree called) {
            return PIECING.contains(
                    called instanceof MemberSelectTree select
                            ? select.getIdentifier().toString()
                            : called.toString());
        }

        private static boolean isStatement(LiteralTree literal) {
            return literal.getValue() instanceof String text
                    && SQL.matcher(text.strip()).matches();
        }
    }
}

using System.Diagnostics;
using System.Runtime.Versioning;
using MizarLab.Harness.Bpf;

namespace MizarLab.Tests.Bpf;

/// <summary>bpf/build.sh: what it says when it cannot, and that it builds only what changed.</summary>
[SupportedOSPlatform("linux")]
public sealed class BuildScriptTests
{
    [Fact]
    public void WithoutClangItSaysWhatToInstall()
    {
        string folder = Directory.CreateTempSubdirectory("mizarlab-bpf-").FullName;
        try
        {
            (int exit, _, string errors) = Build(folder, clang: Path.Combine(folder, "no-such-clang"));
            Assert.Equal(3, exit);
            Assert.Contains("is not installed", errors, StringComparison.Ordinal);
            Assert.Contains("apt-get install clang", errors, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What is compiled when; the compiler only leaves empty files, for the set-up has shown what it can.</summary>
    [RootFact]
    public void ASecondBuildCompilesNothing()
    {
        const string compiler = """
            #!/bin/sh
            case " $* " in *" -c "*) ;; *) exec clang "$@" ;; esac
            while [ "$1" != -o ]; do shift; done
            : >"$2"
            """;
        string folder = Directory.CreateTempSubdirectory("mizarlab-bpf-").FullName;
        try
        {
            string clang = Path.Combine(folder, "clang"), objects = Path.Combine(folder, "objects");
            File.WriteAllText(clang, compiler);
            File.SetUnixFileMode(clang, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            (int first, string said, string errors) = Build(objects, clang);
            Assert.True(first == 0, errors);
            Assert.Contains("agent.bpf.c", said, StringComparison.Ordinal);
            Assert.Contains("transit.bpf.c", said, StringComparison.Ordinal);
            // The set-up's are these too, and real.
            string built = BpfObjects.Locate();
            Assert.Contains("lab/usual/transit.bpf.o", Objects(objects));
            Assert.All(Objects(objects), file => Assert.True(new FileInfo(Path.Combine(built, file)) is { Exists: true, Length: > 1_000 }, file));
            Assert.Equal((0, "", ""), Build(objects, clang));
            File.SetLastWriteTimeUtc(Path.Combine(objects, "agent.bpf.o"), DateTime.UnixEpoch);
            Assert.Equal((0, "bpf: agent.bpf.c\n", ""), Build(objects, clang));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> Objects(string folder) =>
        Directory.GetFiles(folder, "*.o", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);

    private static (int Exit, string Output, string Errors) Build(string folder, string clang)
    {
        ProcessStartInfo start = new(Path.Combine(Repository.Root, "bpf", "build.sh")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(folder);
        start.Environment["CLANG"] = clang;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}

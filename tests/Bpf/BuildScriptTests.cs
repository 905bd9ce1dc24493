using System.Diagnostics;

namespace MizarLab.Tests.Bpf;

/// <summary>bpf/build.sh: what it says when it cannot, and that it builds only what changed.</summary>
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

    [RootFact]
    public void ASecondBuildCompilesNothing()
    {
        string folder = Directory.CreateTempSubdirectory("mizarlab-bpf-").FullName;
        try
        {
            (int first, string said, string errors) = Build(folder, clang: null);
            Assert.True(first == 0, errors);
            Assert.Contains("agent.bpf.c", said, StringComparison.Ordinal);
            Assert.Contains("transit.bpf.c", said, StringComparison.Ordinal);
            Assert.Equal((0, "", ""), Build(folder, clang: null));
            File.SetLastWriteTimeUtc(Path.Combine(folder, "agent.bpf.o"), DateTime.UnixEpoch);
            Assert.Equal((0, "bpf: agent.bpf.c\n", ""), Build(folder, clang: null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (int Exit, string Output, string Errors) Build(string folder, string? clang)
    {
        ProcessStartInfo start = new(Path.Combine(Repository.Root, "bpf", "build.sh")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(folder);
        if (clang is not null)
        {
            start.Environment["CLANG"] = clang;
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}

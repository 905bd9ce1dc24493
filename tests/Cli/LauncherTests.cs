using System.Diagnostics;
using System.Runtime.Versioning;
using MizarLab.Tests.Reports;

namespace MizarLab.Tests.Cli;

/// <summary>
/// The launcher in a checkout of its own, in a folder with a blank, beside an SDK that only notes what it is asked: what it builds and when, and the line CI reads.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class LauncherTests : IDisposable
{
    /// <summary>A build takes a moment and refuses company; a test run leaves the counters it is told to; the command is a library run or the experiments'.</summary>
    private const string Sdk = """
        #!/bin/sh
        printf '%s\n' "$*" >>"$FAKE/calls"
        case $1 in
        build)
        	mkdir "$FAKE/building" || { echo two builds at once; exit 9; }
        	sleep 0.3
        	rmdir "$FAKE/building"
        	exit "${BUILD_EXIT:-0}" ;;
        test)
        	while [ "$1" != --results-directory ]; do shift; done
        	mkdir -p "$2"
        	[ -z "$COUNTERS" ] || echo "<TestRun><Counters $COUNTERS /></TestRun>" >"$2/tests.trx"
        	exit "${TEST_EXIT:-0}" ;;
        *.dll)
        	[ "$2" != run ] || printf '{\n  "passed": 30,\n  "failed": %s,\n  "skipped": 4,\n  "rows": []\n}\n' "${LIBRARY_FAILED:-0}"
        	[ "$2" != simulate ] || { printf '{\n  "passed": 7,\n  "failed": %s,\n  "skipped": 0,\n  "experiments": []\n}\n' "${EXPERIMENTS_FAILED:-0}"; [ "${EXPERIMENTS_FAILED:-0}" = 0 ]; exit; }
        	[ "${LIBRARY_FAILED:-0}" = 0 ] ;;
        esac
        """;

    private const string AllPassed = "total=\"12\" executed=\"10\" passed=\"10\" failed=\"0\" error=\"0\" notExecuted=\"0\"";

    private readonly TemporaryFolder folder = new();
    private readonly string checkout;

    public LauncherTests()
    {
        checkout = folder.File("a checkout");
        foreach (string part in (string[])["cli", "harness", "reports", "scenarios/library", "simulator", "tests", "bpf", "sdk"])
        {
            Directory.CreateDirectory(Path.Combine(checkout, part));
        }
        File.Copy(Path.Combine(Repository.Root, "mizarlab"), Path.Combine(checkout, "mizarlab"));
        WriteProgram("sdk/dotnet", Sdk);
        WriteProgram("bpf/build.sh", "#!/bin/sh\nexit 0\n");
        // Where a package is missing, no test installs it.
        WriteProgram("sdk/apt-get", "#!/bin/sh\nexit 0\n");
        File.WriteAllText(Path.Combine(checkout, "cli", "Program.cs"), "");
        foreach (string file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json"])
        {
            File.WriteAllText(Path.Combine(checkout, file), "");
        }
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Counters as the test runner writes them: a skipped test is in the total and was not executed.</summary>
    [Theory]
    [InlineData(AllPassed, 0, 0, 0, "47 passed, 0 failed, 6 skipped")]
    [InlineData("total=\"12\" executed=\"10\" passed=\"7\" failed=\"3\" error=\"0\" notExecuted=\"0\"", 1, 0, 1, "44 passed, 3 failed, 6 skipped")]
    [InlineData(AllPassed, 0, 2, 1, "47 passed, 2 failed, 6 skipped")]
    // The host died after ten tests: no test failed, the run did.
    [InlineData(AllPassed, 1, 0, 1, "47 passed, 1 failed, 6 skipped")]
    [InlineData(AllPassed, 0, 0, 1, "47 passed, 2 failed, 6 skipped", 2)]
    [InlineData("", 1, 0, 1, "37 passed, 1 failed, 4 skipped")]
    public async Task LastLineHasTheCounts(string counters, int testExit, int libraryFailed, int exitCode, string line, int experimentsFailed = 0)
    {
        CommandRun run = await LaunchAsync("test", ("COUNTERS", counters), ("TEST_EXIT", $"{testExit}"), ("LIBRARY_FAILED", $"{libraryFailed}"), ("EXPERIMENTS_FAILED", $"{experimentsFailed}"));
        Assert.Equal(line, run.Output.TrimEnd('\n').Split('\n')[^1]);
        run.Ends(exitCode);
    }

    [Fact]
    public async Task NothingThatRanIsNoSuccess()
    {
        CommandRun run = await LaunchAsync(["test", "--filter", "Absent"], folder.Path, ("COUNTERS", "total=\"2\" executed=\"0\" passed=\"0\" failed=\"0\""));
        Assert.EndsWith("0 passed, 0 failed, 2 skipped\n", run.Ends(4).Output, StringComparison.Ordinal);
        Assert.Contains(Calls(), c => c.Contains("--filter Absent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BrokenBuildIsNoSuccess()
    {
        CommandRun run = (await LaunchAsync("test", ("BUILD_EXIT", "1"))).Ends(1);
        Assert.Contains("the build failed", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Calls(), c => c.StartsWith("test ", StringComparison.Ordinal));
        // What failed is built again.
        (await LaunchAsync("list")).Ends(0);
        Assert.Equal(2, Calls().Count(c => c.StartsWith("build ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task BuildsOnlyWhatChanged()
    {
        (await LaunchAsync("list")).Ends(0);
        (await LaunchAsync("list")).Ends(0);
        Assert.Single(Calls(), c => c.StartsWith("build ", StringComparison.Ordinal));

        File.Delete(Path.Combine(checkout, "cli", "Program.cs"));
        (await LaunchAsync("list")).Ends(0);
        File.WriteAllText(Path.Combine(checkout, "scenarios", "library", "new.yaml"), "");
        (await LaunchAsync("list")).Ends(0);
        Assert.Equal(2, Calls().Count(c => c.StartsWith("build ", StringComparison.Ordinal)));
    }

    /// <summary>Three at once, one by a link, from elsewhere: one builds, the others wait for it and build nothing.</summary>
    [Fact]
    public async Task SeveralAtOnceBuildOnce()
    {
        string link = folder.File("link");
        File.CreateSymbolicLink(link, Path.Combine(checkout, "mizarlab"));
        CommandRun[] runs = await Task.WhenAll(LaunchAsync("list"), LaunchAsync("list"), LaunchAsync(["list"], "/", link, []));
        Assert.All(runs, run => run.Ends(0));
        Assert.Single(Calls(), c => c.StartsWith("build ", StringComparison.Ordinal));
        Assert.Equal(3, Calls().Count(c => c.EndsWith("mizarlab.dll list", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task WrongArgumentsBuildNothing()
    {
        (await LaunchAsync(["test", "--frob"], "/")).Ends(2);
        (await LaunchAsync(["test", "--filter"], "/")).Ends(2);
        (await LaunchAsync(["test", "--help"], "/")).Ends(0);
        Assert.Empty(Calls());
    }

    private string[] Calls() => File.Exists(Path.Combine(checkout, "calls")) ? File.ReadAllLines(Path.Combine(checkout, "calls")) : [];

    private Task<CommandRun> LaunchAsync(string command, params (string Name, string Value)[] environment) => LaunchAsync([command], folder.Path, environment);

    private Task<CommandRun> LaunchAsync(string[] arguments, string at, params (string Name, string Value)[] environment) =>
        LaunchAsync(arguments, at, Path.Combine(checkout, "mizarlab"), environment);

    private Task<CommandRun> LaunchAsync(string[] arguments, string at, string launcher, (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(launcher)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = at,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["PATH"] = $"{Path.Combine(checkout, "sdk")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["FAKE"] = checkout;
        start.Environment["COUNTERS"] = "";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }
        return CommandRun.EndAsync(Process.Start(start)!);
    }

    private void WriteProgram(string path, string text)
    {
        File.WriteAllText(Path.Combine(checkout, path), text);
        File.SetUnixFileMode(Path.Combine(checkout, path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

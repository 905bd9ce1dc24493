using System.Diagnostics;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Tests.Namespaces;

public sealed class CommandTests
{
    [Fact]
    public async Task ArgumentsPassThroughNoShell()
    {
        string output = await Command.RequireAsync("echo", ["a b", "$HOME", ";id"], null, CancellationToken.None);
        Assert.Equal("a b $HOME ;id\n", output);
    }

    [Fact]
    public async Task FailureSaysWhatTheProgramSaid()
    {
        HarnessException error = await Assert.ThrowsAsync<HarnessException>(() => Command.RequireAsync("ls", ["/no/such/folder"], null, CancellationToken.None));
        Assert.Contains("/no/such/folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingProgramIsSaid()
    {
        HarnessException error = await Assert.ThrowsAsync<HarnessException>(() => Command.RequireAsync("no-such-program-here", [], null, CancellationToken.None));
        Assert.Contains("no-such-program-here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlowProgramIsKilledAtItsLimit()
    {
        Stopwatch watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<HarnessException>(() => Command.RunAsync("sleep", ["60"], null, TimeSpan.FromMilliseconds(100), CancellationToken.None));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
    }

    [Fact]
    public async Task CancelledProgramIsKilled()
    {
        using CancellationTokenSource stop = new(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Command.RunAsync("sleep", ["60"], null, TimeSpan.FromMinutes(1), stop.Token));
    }
}

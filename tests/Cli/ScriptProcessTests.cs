using MizarLab.Harness.Running;

namespace MizarLab.Tests.Cli;

/// <summary>However a script's process dies, it is told in words; shells stand in for scripts, which take the SDK seconds to build.</summary>
public sealed class ScriptProcessTests
{
    [Theory]
    [InlineData("exit 77", "x.cs: left by itself with exit code 77, so what it gave is not taken")]
    [InlineData("exit 0", "x.cs: left by itself with exit code 0")]
    [InlineData("printf '+[{'", "x.cs: left by itself with exit code 0")]
    [InlineData("printf %s '-x.cs:3:1: no more'", "x.cs:3:1: no more")]
    [InlineData("printf '+[]'; exit 5", "x.cs: left by itself with exit code 5")]
    [InlineData("kill -9 $$", "x.cs: was ended by signal 9")]
    [InlineData("printf 'Stack overflow.\nRepeated 9 times:\n   at Program.<<Main>$>g__Down|0_0(Int32)\n' >&2; exit 134", "x.cs: the stack overflowed: Down calls itself without end")]
    [InlineData("printf 'Process terminated. no\n more\n   at System.Environment.FailFast(System.String)\n' >&2; exit 134", "x.cs: ended by a fault: Process terminated. no more")]
    [InlineData("printf 'Unhandled exception. System.Exception: no more\n   at Program.<>c.<Main>b__0_0()\n' >&2; exit 134", "x.cs: ended by a fault: Unhandled exception. System.Exception: no more")]
    public async Task A_death_is_told(string script, string told) =>
        Assert.StartsWith(told, (await Assert.ThrowsAsync<ScriptException>(() => ScriptProcess.RunAsync("x.cs", ["sh", "-c", script], CancellationToken.None))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_script_that_loops_goes_with_the_command()
    {
        using CancellationTokenSource cut = new();
        Task running = ScriptProcess.RunAsync("x.cs", ["sleep", "1234.5"], cut.Token);
        cut.CancelAfter(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.DoesNotContain(System.Diagnostics.Process.GetProcessesByName("sleep"), process => File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("1234.5", StringComparison.Ordinal));
    }
}

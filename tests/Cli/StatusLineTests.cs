using MizarLab.Cli;

namespace MizarLab.Tests.Cli;

/// <summary>A line that wraps cannot be written over: it is cut, and what changes in it stays.</summary>
public class StatusLineTests
{
    [Theory]
    [InlineData("paths", ": 1 of 9 runs", 80, "paths: 1 of 9 runs")]
    [InlineData("How many of the paths are used?", ": 1 of 9 runs", 40, "How many of the paths are…: 1 of 9 runs")]
    [InlineData("exactly nine", "", 13, "exactly nine")]
    [InlineData("exactly nine", "", 12, "exactly ni…")]
    [InlineData("x", "12345 cases", 6, "12345")]
    [InlineData("x", "y", 1, "")]
    [InlineData("x", "y", 0, "")]
    public void FitsTheTerminal(string what, string state, int columns, string shown) => Assert.Equal(shown, StatusLine.Fitted(what, state, columns));
}

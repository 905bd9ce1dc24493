namespace MizarLab.Tests;

/// <summary>Whether the long run was asked for (<c>./mizarlab test --long</c> sets MIZARLAB_LONG=1): the same tests over many times as many cases.</summary>
internal static class LongRun
{
    public static readonly bool Asked = Environment.GetEnvironmentVariable("MIZARLAB_LONG") == "1";

    /// <summary>How many: <paramref name="usual"/>, or <paramref name="asked"/> in a long run.</summary>
    public static int Or(int usual, int asked) => Asked ? asked : usual;
}

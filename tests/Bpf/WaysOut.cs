using System.Globalization;
using MizarLab.DataPlane;
using MizarLab.Observation;
using Xunit.Abstractions;

namespace MizarLab.Tests.Bpf;

/// <summary>
/// Which ways out of which program the cases took, and how often. Cases are worth something only when they reach the ways a test is about, so each test says which.
/// </summary>
internal sealed class WaysOut
{
    private readonly SortedDictionary<string, int> times = new(StringComparer.Ordinal);
    private readonly SortedSet<Reason> reached = [];

    /// <summary>Every reason a case ended with.</summary>
    public IReadOnlySet<Reason> Reached => reached;

    public void Count(ProgramId program, ProgramResult result)
    {
        string way = $"{program} {result.Verdict} {result.Reason}";
        times[way] = times.GetValueOrDefault(way) + 1;
        reached.Add(result.Reason);
    }

    public void Print(ITestOutputHelper output)
    {
        foreach ((string way, int count) in times)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,7} {way}"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Values.Sum(),7} cases, {times.Count} ways out"));
    }

    public void AssertReached(params ReadOnlySpan<Reason> ways) => Assert.Empty(ways.ToArray().Except(reached));
}

using System.Collections.Immutable;

namespace MizarLab.Observation.Comparing;

/// <summary>What a comparison has found and counted so far. Keeps the first differences whole and only counts the rest.</summary>
internal sealed class DifferenceList
{
    /// <summary>Differences kept of one comparison; more only repeat what these say.</summary>
    public const int Kept = 50;

    private readonly ImmutableArray<Difference>.Builder differences = ImmutableArray.CreateBuilder<Difference>();

    public int Journeys { get; set; }

    public int Hops { get; set; }

    public int Frames { get; set; }

    public int TableRows { get; set; }

    /// <summary>Differences found, kept or not.</summary>
    public int Total => differences.Count + Further;

    /// <summary>Differences found but not kept.</summary>
    public int Further { get; private set; }

    public void Add(Difference difference)
    {
        if (differences.Count < Kept)
        {
            differences.Add(difference);
        }
        else
        {
            Further++;
        }
    }

    public ImmutableArray<Difference> ToImmutable() => differences.ToImmutable();
}

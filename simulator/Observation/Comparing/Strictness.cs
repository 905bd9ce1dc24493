namespace MizarLab.Observation.Comparing;

/// <summary>How much of two journeys must be equal.</summary>
/// <param name="WholeFrames">Every byte; else the encapsulation, the inner Ethernet header and the inner TTL.</param>
/// <param name="Changes">Rows each program run changed.</param>
/// <param name="Reasons">Why each run ended as it did.</param>
/// <param name="Times">The time of every sighting.</param>
internal readonly record struct Strictness(bool WholeFrames, bool Changes, bool Reasons, bool Times)
{
    /// <summary>Crafted frames enter byte for byte alike on all backends, so they must leave alike.</summary>
    public static Strictness OfCrafted(BackendTraits left, BackendTraits right) => Of(left, right) with { WholeFrames = true };

    /// <summary>
    /// Stacks of live kernels choose identifications, sequence numbers, ephemeral ports and payload patterns of their own; two simulated
    /// runs share fabric, stacks and seeds, so nothing at all may differ.
    /// </summary>
    public static Strictness Of(BackendTraits left, BackendTraits right)
    {
        bool simulated = !left.Live && !right.Live;
        return new Strictness(simulated, left.TableChangesPerHop && right.TableChangesPerHop, left.TellsReasons && right.TellsReasons, simulated);
    }
}

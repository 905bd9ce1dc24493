using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>Who picks from a list of what (§4.1).</summary>
public enum ListTier : uint
{
    /// <summary>The agent, of its network's bouncers.</summary>
    AgentBouncer = 1,

    /// <summary>A bouncer, of the VPC's dividers.</summary>
    Divider = 2,

    /// <summary>A divider, of the destination network's bouncers.</summary>
    NetworkBouncer = 3,

    /// <summary>A scaled endpoint's stage, of its backends.</summary>
    Backend = 4,
}

/// <summary>
/// How one of a list is chosen by a hash (§4.1): bouncers and dividers by that of the inner addresses, backends by that of the client's address and port.
/// Upstream takes the hash modulo the length, and the same hash at every tier (§8.1 P29).
/// </summary>
public static class ListPick
{
    /// <param name="hash">The flow's, the same for every tier; also what upstream's outer source port comes of.</param>
    /// <returns>
    /// False when the list is empty. Upstream does not guard that: BPF's modulo by zero leaves the hash itself, and only an index above 127 is refused; one
    /// that is not reads a zero of the 128-element array.
    /// </returns>
    public static bool TryPick(DataPlaneSettings settings, in AddressList list, ListTier tier, uint hash, out Ipv4Address picked)
    {
        if (list.Count == 0)
        {
            picked = Ipv4Address.Any;
            return ShardingOf(settings, tier) == ShardingKind.Modulo && Mixed(settings, tier, hash) < AddressList.Limit;
        }
        picked = list[IndexOf(settings, in list, tier, hash)];
        return true;
    }

    /// <summary>Of a list that is not empty.</summary>
    public static Ipv4Address Pick(DataPlaneSettings settings, in AddressList list, ListTier tier, uint hash) => list[IndexOf(settings, in list, tier, hash)];

    /// <summary>Which one of a list that is not empty.</summary>
    public static int IndexOf(DataPlaneSettings settings, in AddressList list, ListTier tier, uint hash)
    {
        if (list.Count == 1)
        {
            return 0;
        }
        uint mixed = Mixed(settings, tier, hash);
        return ShardingOf(settings, tier) switch
        {
            ShardingKind.Maglev => list.Maglev(settings.MaglevSlots).Pick(mixed),
            ShardingKind.Rendezvous => Rendezvous.Pick(in list, mixed),
            _ => (int)(mixed % (uint)list.Count),
        };
    }

    private static uint Mixed(DataPlaneSettings settings, ListTier tier, uint hash) =>
        settings.Has(Switches.HashPerTier) ? MizarHash.OfWords(hash, (uint)tier) : hash;

    private static ShardingKind ShardingOf(DataPlaneSettings settings, ListTier tier) => tier switch
    {
        ListTier.Backend => settings.BackendSharding,
        ListTier.Divider => settings.DividerSharding,
        _ => settings.BouncerSharding,
    };
}

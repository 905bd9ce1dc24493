using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// How one of a list is chosen by a hash (§4.1): the agent's bouncer, the divider, the destination's bouncer, all by the inner addresses, and a scaled
/// endpoint's backend, by the client. Upstream takes the hash modulo the length and uses the same hash at every tier (§8.1 P29).
/// </summary>
internal static class ListPick
{
    private const uint AgentBouncerTier = 1, DividerTier = 2, NetworkBouncerTier = 3, BackendTier = 4;

    /// <summary>The agent's bouncer. The list is not empty: the agent looked.</summary>
    /// <param name="hash"><see cref="MizarHash.OfAddresses"/>; it is also what the outer source port comes of.</param>
    public static Ipv4Address AgentBouncer(DataPlaneSettings settings, in AddressList list, uint hash) =>
        list[Index(in list, settings.BouncerSharding, settings.MaglevSlots, OfTier(settings, hash, AgentBouncerTier))];

    public static bool TryDivider(DataPlaneSettings settings, in AddressList list, uint hash, out Ipv4Address picked) =>
        TryPick(in list, settings.DividerSharding, settings.MaglevSlots, OfTier(settings, hash, DividerTier), out picked);

    public static bool TryNetworkBouncer(DataPlaneSettings settings, in AddressList list, uint hash, out Ipv4Address picked) =>
        TryPick(in list, settings.BouncerSharding, settings.MaglevSlots, OfTier(settings, hash, NetworkBouncerTier), out picked);

    /// <summary>The backend of a scaled endpoint. The list is not empty: the stage looked.</summary>
    public static Ipv4Address Backend(DataPlaneSettings settings, in AddressList list, Ipv4Address client, ushort clientPort) =>
        list[Index(in list, settings.BackendSharding, settings.MaglevSlots, OfTier(settings, MizarHash.OfClient(client, clientPort), BackendTier))];

    /// <summary>
    /// An empty list is not guarded upstream: BPF's modulo by zero leaves the hash itself, and only an index above 127 is refused; one that is not reads
    /// a zero of the 128-element array.
    /// </summary>
    private static bool TryPick(in AddressList list, ShardingKind sharding, int slots, uint hash, out Ipv4Address picked)
    {
        if (list.Count == 0)
        {
            picked = Ipv4Address.Any;
            return sharding == ShardingKind.Modulo && hash < AddressList.Limit;
        }
        picked = list[Index(in list, sharding, slots, hash)];
        return true;
    }

    private static uint OfTier(DataPlaneSettings settings, uint hash, uint tier) =>
        settings.Has(Switches.HashPerTier) ? MizarHash.OfWords(hash, tier) : hash;

    private static int Index(in AddressList list, ShardingKind sharding, int slots, uint hash) => sharding switch
    {
        _ when list.Count == 1 => 0,
        ShardingKind.Maglev => list.Maglev(slots).Pick(hash),
        ShardingKind.Rendezvous => Rendezvous.Pick(in list, hash),
        _ => (int)(hash % (uint)list.Count),
    };
}

using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// Entries of tables by dialect, where <see cref="BpfOptions.Sizes"/> does not say: of <c>mizar</c> upstream's (spec §3.1), which are those compiled in; of <c>lab</c>
/// what a droplet needs, with room for more by settings: up to a million endpoints at a bouncer, 65 536 of its own.
/// </summary>
public static class BpfSizes
{
    private const uint Policies = 65_536;

    private static readonly ImmutableSortedDictionary<string, uint> Lab = new Dictionary<string, uint>
    {
        ["endpoints"] = (uint)TableSizes.Lab.Endpoints,
        ["direct_path"] = (uint)TableSizes.Lab.DirectPath,
        ["connections"] = (uint)TableSizes.Lab.Connections,
        ["nat"] = 2 * (uint)TableSizes.Lab.Nat, // both caches
        ["policy_ports"] = Policies,
        ["policy_cidrs"] = Policies,
        ["policy_labels"] = Policies,
        ["service_ports"] = (uint)TableSizes.Lab.ServicePorts,
        ["slots"] = (uint)TableSizes.Lab.Slots,
        ["agents"] = (uint)TableSizes.Lab.Slots,
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Entries of a map; null: as compiled.</summary>
    public static uint? Of(string map, BpfOptions options)
    {
        if (map == "slot_interfaces")
        {
            map = "slots"; // one for one
        }
        return options.Sizes.TryGetValue(map, out uint entries) || (options.Settings.Dialect == Dialect.Lab && Lab.TryGetValue(map, out entries)) ? entries : null;
    }
}

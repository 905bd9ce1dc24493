using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// Entries of tables by dialect, where <see cref="BpfOptions.Sizes"/> does not say: of <c>mizar</c> upstream's (spec §3.1), which are those compiled in; of <c>lab</c>
/// what a droplet needs, with room for more by settings: up to a million endpoints at a bouncer, 65 536 of its own.
/// </summary>
public static class BpfSizes
{
    private const uint Caches = 16_384, Policies = 65_536, Local = 4_096;

    private static readonly ImmutableSortedDictionary<string, uint> Lab = new Dictionary<string, uint>
    {
        ["endpoints"] = 65_536,
        ["direct_path"] = Caches,
        ["connections"] = Caches,
        ["forward_nat"] = Caches,
        ["reverse_nat"] = Caches,
        ["policy_ports"] = Policies,
        ["policy_cidrs"] = Policies,
        ["policy_labels"] = Policies,
        ["service_ports"] = Policies,
        ["slots"] = Local,
        ["agents"] = Local,
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

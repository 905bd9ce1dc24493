using System.Numerics;

namespace MizarLab.Harness.Bpf;

/// <summary>How large the tables of agents are (bpf/tables.h): rows, words that name them, and the hash of interfaces whose word is another's.</summary>
internal static class AgentSizes
{
    private const uint Compiled = 1_024, Spare = 64;

    /// <summary>Two words an agent, a power of two: of interfaces far apart few share one.</summary>
    public static uint Words(BpfOptions options) => BitOperations.RoundUpToPowerOf2(2 * Agents(options));

    /// <summary>The first is the unprogrammed agent's, and there are more than agents, for a row that changes is a new one.</summary>
    public static uint Rows(BpfOptions options) => 1 + Agents(options) + (Agents(options) / 4) + Spare;

    /// <summary>Entries of a map; null: it is none of these.</summary>
    public static uint? EntriesOf(string map, BpfOptions options) => map switch
    {
        "agents" => Rows(options),
        "agent_places" => Words(options),
        "agent_places_more" => Agents(options),
        _ => null,
    };

    private static uint Agents(BpfOptions options) => BpfSizes.Of("agents", options) ?? Compiled;
}

using System.Collections.Immutable;
using MizarLab.DataPlane;

namespace MizarLab.Harness.Conformance;

/// <summary>Reads vectors and chains.</summary>
internal static class VectorParser
{
    /// <summary>Longest frame, as an IPv4 total length bounds it.</summary>
    private const int MostBytes = 14 + ushort.MaxValue;

    private static readonly ImmutableSortedDictionary<string, Verdict> Verdicts = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        Enum.GetValues<Verdict>().Select(verdict => KeyValuePair.Create($"XDP_{verdict.ToString().ToUpperInvariant()}", verdict)));

    public static Vector Vector(Element row)
    {
        Element maps = row.Required("maps");
        DropletState state = StateParser.Droplet(maps);
        Element program = row.Required("program");
        ProgramId id = Program(program);
        if (id == ProgramId.Agent && state.Agents != 1)
        {
            throw maps.Error("an agent's vector has exactly one 'agent'");
        }
        return new Vector
        {
            Name = row.Required("name").Text(),
            Program = id,
            State = state,
            FrameIn = row.Required("in_hex").Hex(MostBytes),
            FrameOut = row.Required("out_hex").Hex(MostBytes),
            Verdict = Action(row.Required("action")),
            Redirect = row.Optional("redirect") is { } redirect ? Target(redirect) : null,
            Changes = StateParser.Changes(row.Required("map_changes"), new AgentId(1)),
        };
    }

    public static ChainWorld World(Element world, string name)
    {
        ImmutableArray<WorldDroplet> droplets =
            [.. world.Required("world").Members().Select(droplet => new WorldDroplet(droplet.Name, StateParser.Droplet(droplet.Value)))];
        return new ChainWorld(name, droplets, [.. world.Required("sequences").Items().Select(sequence => Sequence(sequence, droplets))]);
    }

    private static ChainSequence Sequence(Element sequence, ImmutableArray<WorldDroplet> droplets) =>
        new(sequence.Required("name").Text(), [.. sequence.Required("walks").Items().Select(walk => Walk(walk, droplets))]);

    private static Walk Walk(Element walk, ImmutableArray<WorldDroplet> droplets)
    {
        ImmutableArray<WalkStep> steps = [.. walk.Required("steps").Items().Select(step => Step(step, droplets))];
        if (steps.IsEmpty)
        {
            throw walk.Required("steps").Error("a walk has at least one step");
        }
        return new Walk(
            walk.Required("name").Text(),
            walk.Optional("end") is { } end ? End(end) : null,
            Action(walk.Required("final_action")),
            steps);
    }

    private static WalkStep Step(Element step, ImmutableArray<WorldDroplet> droplets)
    {
        Element at = step.Required("at");
        string name = at.Text();
        int droplet = 0;
        while (droplet < droplets.Length && droplets[droplet].Name != name)
        {
            droplet++;
        }
        if (droplet == droplets.Length)
        {
            throw at.Error($"the world has no droplet '{name}'");
        }
        ProgramId program = Program(step.Required("program"));
        int agents = droplets[droplet].State.Agents;
        if (program == ProgramId.Agent && agents == 0)
        {
            throw at.Error($"droplet '{name}' has no agent");
        }
        return new WalkStep(
            droplet,
            program,
            program == ProgramId.Agent ? step.Optional("agent")?.Integer(0, agents - 1) ?? 0 : 0,
            step.Required("in_hex").Hex(MostBytes),
            step.Required("out_hex").Hex(MostBytes),
            Action(step.Required("action")));
    }

    private static ProgramId Program(Element program) => program.Text() switch
    {
        "_agent" => ProgramId.Agent,
        "_transit" => ProgramId.Transit,
        string other => throw program.Error($"'{other}' is neither '_agent' nor '_transit'"),
    };

    private static Verdict Action(Element action) => Verdicts.TryGetValue(action.Text(), out Verdict verdict)
        ? verdict
        : throw action.Error($"'{action.Text()}' is none of {string.Join(", ", Verdicts.Keys)}");

    private static RedirectTarget Target(Element redirect)
    {
        Element devmap = redirect.Required("devmap");
        Devmap which = devmap.Text() switch
        {
            "transit" => Devmap.Transit,
            "agent" => Devmap.Agent,
            string other => throw devmap.Error($"'{other}' is neither 'transit' nor 'agent'"),
        };
        return new RedirectTarget(which, redirect.Required("slot").Integer(0, SlotTable.Limit - 1));
    }

    private static WalkEnd End(Element end) => end.Text() switch
    {
        "delivered" => WalkEnd.Delivered,
        "dropped" => WalkEnd.Dropped,
        "passed" => WalkEnd.Passed,
        "lost" => WalkEnd.Lost,
        "capped" => WalkEnd.Capped,
        string other => throw end.Error($"'{other}' is none of delivered, dropped, passed, lost, capped"),
    };
}

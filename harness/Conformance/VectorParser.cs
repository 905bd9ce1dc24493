using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Engine;

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
        (DropletState state, Element place) = State(row);
        if (Program(row.Required("program")) == ProgramId.Agent && row.Optional("agent") is null && state.Agents != 1)
        {
            throw place.Error("an agent's vector has exactly one 'agent'");
        }
        ProgramRun run = Run(row, 0, state);
        if (run.Changes.IsDefault)
        {
            throw row.Error("'map_changes' is missing");
        }
        return new Vector(row.Required("name").Text(), state, run) { Settings = SettingsForm.Read(row) };
    }

    public static ChainWorld World(Element world, string name)
    {
        ImmutableArray<WorldDroplet> droplets =
            [.. world.Required("world").Members().Select(droplet => new WorldDroplet(droplet.Name, StateParser.Droplet(droplet.Value)))];
        Element? runs = world.Optional("runs");
        return new ChainWorld(name, droplets, [.. (runs is null ? world.Required("sequences") : world.Optional("sequences"))?.Items().Select(sequence => Sequence(sequence, droplets)) ?? []])
        {
            Runs = [.. runs?.Items().Select(run => Step(run, droplets)) ?? []],
            Settings = SettingsForm.Read(world),
        };
    }

    /// <summary>In upstream's form or in the lab's own.</summary>
    private static (DropletState State, Element Place) State(Element row)
    {
        Element place = row.Optional("tables") ?? row.Required("maps");
        return (row.Optional("tables") is null ? StateParser.Droplet(place) : StateParser.OfTables(place), place);
    }

    private static ProgramRun Run(Element row, int droplet, DropletState state)
    {
        ProgramId program = Program(row.Required("program"));
        AgentId agent = program == ProgramId.Transit ? default : new AgentId(1 + (row.Optional("agent")?.Integer(0, Math.Max(0, state.Agents - 1)) ?? 0));
        return new ProgramRun(
            droplet, program, agent, row.Required("in_hex").Hex(MostBytes), row.Required("out_hex").Hex(MostBytes), Action(row.Required("action")))
        {
            Redirect = row.Optional("redirect") is { } redirect ? Target(redirect) : null,
            Reason = row.Optional("reason") is { } reason ? (Reason)Rows.LeafForm.Read(reason, typeof(Reason)) : null,
            Changes = row.Optional("changes") is { } changes ? Rows.RowForm.Read(changes)
                : row.Optional("map_changes") is { } upstream ? StateParser.Changes(upstream, new AgentId(1))
                : default,
            At = row.Optional("at_ps") is { } time ? new SimTime((long)time.Unsigned(long.MaxValue)) : SimTime.Zero,
        };
    }

    private static ChainSequence Sequence(Element sequence, ImmutableArray<WorldDroplet> droplets) =>
        new(sequence.Required("name").Text(), [.. sequence.Required("walks").Items().Select(walk => Walk(walk, droplets))]);

    private static Walk Walk(Element walk, ImmutableArray<WorldDroplet> droplets)
    {
        ImmutableArray<ProgramRun> steps = [.. walk.Required("steps").Items().Select(step => Step(step, droplets))];
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

    private static ProgramRun Step(Element step, ImmutableArray<WorldDroplet> droplets)
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
        DropletState state = droplets[droplet].State;
        return Program(step.Required("program")) == ProgramId.Agent && state.Agents == 0
            ? throw at.Error($"droplet '{name}' has no agent")
            : Run(step, droplet, state);
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

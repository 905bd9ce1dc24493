using System.Runtime.InteropServices;
using MizarLab.DataPlane;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>
/// The objects of one droplet: transit, the stages and counters it is told to have, and one agent for every endpoint (or one for all). An agent's object is loaded
/// when a row or a frame first names it and stays; one that was never programmed is zeros with the usual links.
/// </summary>
internal sealed class ProfileDroplet : IDisposable
{
    private readonly Profile profile;
    private readonly ForeignObject transit;
    private readonly Dictionary<ProgramRole, ForeignObject> others = [];
    private readonly SortedDictionary<int, ProfileAgent> agents = [];
    private readonly SortedDictionary<int, StageProgram> stages = [];

    public ProfileDroplet(Profile profile)
    {
        this.profile = profile;
        transit = ForeignObject.Load(profile, profile.Find(ProgramRole.Transit)!, (_, map) => throw new HarnessException($"transit cannot share map '{map}' with itself"));
    }

    public IReadOnlyDictionary<int, ProfileAgent> Agents => agents;

    public IReadOnlyDictionary<int, StageProgram> Stages => stages;

    /// <summary>Rows of the agents' devmap; each agent that is linked to the NIC has them.</summary>
    public SortedDictionary<int, PortId> AgentSlots { get; } = [];

    public int Transit => transit.Program;

    /// <summary>The agent of an endpoint, loaded if need be.</summary>
    public ProfileAgent Agent(int id)
    {
        if (!agents.TryGetValue(id, out ProfileAgent? agent))
        {
            agent = new ProfileAgent(profile, Program(ProgramRole.Agent, perEndpoint: true), this);
            agents.Add(id, agent);
        }
        return agent;
    }

    /// <summary>The maps that hold a part of a table for a row: one, or that of each agent when the row names none.</summary>
    public ForeignMap Map(TablePart part, Row row) =>
        profile.Find(part.Program)!.PerEndpoint ? Agent(row.Integer(AgentForm.Agent)).Map(part.Map) : Object(part.Program).Map(part.Map);

    /// <summary>All maps that hold a part of a table now, with the agent whose they are (0: everybody's).</summary>
    public IEnumerable<(ForeignMap Map, int Agent)> Maps(TablePart part) =>
        profile.Find(part.Program)!.PerEndpoint
            ? agents.Select(agent => (agent.Value.Map(part.Map), agent.Key))
            : [(Object(part.Program).Map(part.Map), 0)];

    /// <summary>The object of a program there is one of.</summary>
    public ForeignObject Object(ProgramRole role)
    {
        if (role == ProgramRole.Transit)
        {
            return transit;
        }
        if (!others.TryGetValue(role, out ForeignObject? found))
        {
            found = ForeignObject.Load(profile, Program(role, perEndpoint: false), Owner);
            others.Add(role, found);
        }
        return found;
    }

    /// <summary>The map another program has under a name.</summary>
    public ForeignMap Owner(ProgramRole role, string map) => Object(role).Map(map);

    /// <summary>Puts a program into one of transit's stage slots, or nothing.</summary>
    /// <exception cref="HarnessException">The profile has no such program or slot.</exception>
    public void SetStage(int slot, StageProgram? program)
    {
        JumpPlace place = slot switch
        {
            StageSlot.Tx => JumpPlace.Tx,
            StageSlot.Pass => JumpPlace.Pass,
            StageSlot.Redirect => JumpPlace.Redirect,
            StageSlot.Drop => JumpPlace.Drop,
            StageSlot.ScaledEndpoint => JumpPlace.ScaledEndpoint,
            _ => throw new HarnessException($"profile {profile.Name} describes no stage in slot {slot}"),
        };
        ProgramRole? role = program switch
        {
            null => null,
            StageProgram.Tx => ProgramRole.TxStage,
            StageProgram.Pass => ProgramRole.PassStage,
            StageProgram.Redirect => ProgramRole.RedirectStage,
            StageProgram.Drop => ProgramRole.DropStage,
            StageProgram.ScaledEndpoint => ProgramRole.ScaledEndpoint,
            _ => throw new HarnessException($"profile {profile.Name} has no program for a stage '{program}'"),
        };
        JumpTable jump = Jump(ProgramRole.Transit);
        if (!jump.Slots.TryGetValue(place, out int at))
        {
            throw new HarnessException($"profile {profile.Name}: transit's jump table has no slot '{YamlCursor.Name(place)}'");
        }
        SetJump(transit.Map(jump.Map), at, role is { } known ? Object(known).Program : null);
        if (program is { } loaded)
        {
            stages[slot] = loaded;
        }
        else
        {
            stages.Remove(slot);
        }
    }

    public JumpTable Jump(ProgramRole program) =>
        profile.Jumps.FirstOrDefault(jump => jump.Program == program)
        ?? throw new HarnessException($"profile {profile.Name} describes no jump table of '{YamlCursor.Name(program)}'");

    public static void SetJump(ForeignMap map, int slot, int? program)
    {
        Span<byte> key = stackalloc byte[sizeof(int)], value = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(key, slot);
        if (program is { } descriptor)
        {
            MemoryMarshal.Write(value, descriptor);
            map.Update(key, value);
        }
        else
        {
            map.Delete(key);
        }
    }

    public void Dispose()
    {
        foreach (ProfileAgent agent in agents.Values)
        {
            agent.Dispose();
        }
        foreach (ForeignObject other in others.Values)
        {
            other.Dispose();
        }
        transit.Dispose();
    }

    private ProfileProgram Program(ProgramRole role, bool perEndpoint)
    {
        ProfileProgram program = profile.Find(role) ?? throw new HarnessException($"profile {profile.Name} has no program '{YamlCursor.Name(role)}'");
        return program.PerEndpoint == perEndpoint
            ? program
            : throw new HarnessException($"profile {profile.Name}: '{YamlCursor.Name(role)}' is one {(program.PerEndpoint ? "an endpoint" : "a droplet")}");
    }
}

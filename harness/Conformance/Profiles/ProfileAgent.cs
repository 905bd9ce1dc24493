using MizarLab.DataPlane;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>One endpoint's agent with its own maps, and what it has wired.</summary>
internal sealed class ProfileAgent : IDisposable
{
    private static readonly (AgentLinks Link, JumpPlace Place, ProgramRole Program)[] JumpLinks =
    [
        (AgentLinks.Transit, JumpPlace.Transit, ProgramRole.Transit),
        (AgentLinks.RedirectStatistics, JumpPlace.Redirect, ProgramRole.RedirectStatistics),
        (AgentLinks.PassStatistics, JumpPlace.Pass, ProgramRole.PassStatistics),
        (AgentLinks.DropStatistics, JumpPlace.Drop, ProgramRole.DropStatistics),
        (AgentLinks.AbortedToPass, JumpPlace.Aborted, ProgramRole.PassStatistics),
        (AgentLinks.AbortedToDrop, JumpPlace.Aborted, ProgramRole.DropStatistics),
    ];

    private readonly ForeignObject loaded;
    private readonly ProfileDroplet droplet;
    private SortedDictionary<int, ProgramRole> wired = [];

    public ProfileAgent(Profile profile, ProfileProgram program, ProfileDroplet droplet)
    {
        this.droplet = droplet;
        loaded = ForeignObject.Load(profile, program, droplet.Owner);
        SetLinks(AgentLinks.Usual);
    }

    public int Program => loaded.Program;

    public AgentLinks Links { get; private set; }

    public ForeignMap Map(string name) => loaded.Map(name);

    /// <summary>Wires its tail calls; its devmap follows from <see cref="AgentLinks.Nic"/> and is the caller's.</summary>
    /// <exception cref="HarnessException">The profile has no program or slot for one of them.</exception>
    public void SetLinks(AgentLinks links)
    {
        JumpTable jump = droplet.Jump(ProgramRole.Agent);
        ForeignMap map = loaded.Map(jump.Map);
        SortedDictionary<int, ProgramRole> wanted = [];
        foreach ((AgentLinks link, JumpPlace place, ProgramRole program) in JumpLinks)
        {
            if (links.HasFlag(link))
            {
                wanted[jump.Slots.TryGetValue(place, out int slot)
                    ? slot
                    : throw new HarnessException($"the profile's agent has no slot '{YamlCursor.Name(place)}' in its jump table")] = program;
            }
        }

        // Only what changes: the kernel rewrites code for each, and waits for all CPUs.
        foreach ((int slot, ProgramRole program) in wanted)
        {
            if (!wired.TryGetValue(slot, out ProgramRole there) || there != program)
            {
                ProfileDroplet.SetJump(map, slot, droplet.Object(program).Program);
            }
        }
        foreach (int slot in wired.Keys.Except(wanted.Keys))
        {
            ProfileDroplet.SetJump(map, slot, null);
        }
        wired = wanted;
        Links = links;
    }

    public void Dispose() => loaded.Dispose();
}

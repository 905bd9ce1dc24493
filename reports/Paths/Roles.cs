using MizarLab.Overlay;

namespace MizarLab.Reports;

/// <summary>What a droplet is at the beginning or becomes by the timeline: <c>bouncer net10, divider blue</c>.</summary>
public static class Roles
{
    public static string Of(Scenario scenario, DropletId droplet)
    {
        List<string> roles = [];
        Topology topology = scenario.Topology;
        for (int i = 0; i < topology.Networks.Length; i++)
        {
            NetworkId id = new(i);
            if (topology[id].Bouncers.Contains(droplet) || scenario.Timeline.Any(s => s is AddBouncerStep add && add.Network == id && add.Droplet == droplet))
            {
                roles.Add($"bouncer {topology[id].Name}");
            }
        }
        for (int i = 0; i < topology.Vpcs.Length; i++)
        {
            VpcId id = new(i);
            if (topology[id].Dividers.Contains(droplet) || scenario.Timeline.Any(s => s is AddDividerStep add && add.Vpc == id && add.Droplet == droplet))
            {
                roles.Add($"divider {topology[id].Name}");
            }
        }
        return string.Join(", ", roles);
    }
}

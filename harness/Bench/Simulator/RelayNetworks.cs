using MizarLab.DataPlane;
using MizarLab.Fabric;
using MizarLab.Management;
using MizarLab.Measure;
using MizarLab.Overlay;

namespace MizarLab.Harness.Bench;

/// <summary>Builds what a row runs.</summary>
internal static class RelayNetworks
{
    private const int EndpointsPerDroplet = 100;

    /// <summary>Networks of eight droplets' worth of endpoints with eight bouncers each: every droplet is a bouncer once, for 800 endpoints that live elsewhere.</summary>
    private const int DropletsPerNetwork = 8;

    public static RelayNetwork Build(SimulatorCase row, SimulatorEffort effort)
    {
        RelaySetup setup = row.Setup with { Meters = effort.Metered ? MeterSettings.Default : null };
        if (row.Plane == RelayPlane.Bare)
        {
            return RelayNetwork.Bare(setup);
        }
        GeneratedShape shape = new(row.Droplets, row.Droplets * EndpointsPerDroplet)
        {
            EndpointsPerNetwork = DropletsPerNetwork * EndpointsPerDroplet,
            BouncersPerNetwork = DropletsPerNetwork,
        };
        GeneratedPlan plan = new(new GeneratedTopology(shape), DataPlaneSettings.Lab);
        ModelDataPlane model = plan.Build(Environment.ProcessorCount);
        RelayPolicies.Write(model, plan, row.Plane == RelayPlane.LabDirect);
        return RelayNetwork.OnDataPlane(setup with { Sample = effort.Sample, SampleBytes = effort.SampleBytes }, plan, model, row.Plane == RelayPlane.LabDirect);
    }
}

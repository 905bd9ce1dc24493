using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MizarLab.Tests.Experiments;

/// <summary>A real Slurm of one machine, without systemd: munged, slurmctld and slurmd with a configuration, keys, ports and state of their own in one folder; ended with it.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class SlurmCluster : IDisposable
{
    private readonly string folder;
    private readonly List<Process> daemons = [];

    public SlurmCluster(string folder)
    {
        this.folder = folder;
        foreach (string part in (string[])["state", "spool"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }
        string key = Path.Combine(folder, "munge.key");
        File.WriteAllBytes(key, RandomNumberGenerator.GetBytes(1_024));
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        (int controller, int node) = (FreePort(), FreePort());
        string host = Dns.GetHostName().Split('.')[0];
        File.WriteAllText(Configuration, $"""
            ClusterName=mizarlab
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={folder}/munge.socket
            SlurmctldPort={controller}
            SlurmdPort={node}
            StateSaveLocation={folder}/state
            SlurmdSpoolDir={folder}/spool
            SlurmctldPidFile={folder}/slurmctld.pid
            SlurmdPidFile={folder}/slurmd.pid
            SlurmctldLogFile={folder}/slurmctld.log
            SlurmdLogFile={folder}/slurmd.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SchedulerParameters=batch_sched_delay=0
            ReturnToService=2
            KillWait=2
            MinJobAge=2
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
            PartitionName=lab Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """);
        Node = host;
        Daemon("munged", "--foreground", "--force", $"--key-file={key}", $"--socket={folder}/munge.socket", $"--pid-file={folder}/munged.pid", $"--log-file={folder}/munged.log", $"--seed-file={folder}/munge.seed");
        Until(() => File.Exists(Path.Combine(folder, "munge.socket")));
        Daemon("slurmctld", "-D", "-f", Configuration);
        Daemon("slurmd", "-D", "-f", Configuration);
        Until(() => Try("sinfo", "-h", "-o", "%T") is { } state && state.Trim() == "idle");
    }

    public string Configuration => Path.Combine(folder, "slurm.conf");

    public string Node { get; }

    public (string, string) Environment => ("SLURM_CONF", Configuration);

    /// <summary>What a command of Slurm's says; null when it fails.</summary>
    public string? Try(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments, true);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : null;
    }

    /// <summary>Waits; three minutes are many times what anything here takes, be the machine ever so busy.</summary>
    public void Until(Func<bool> holds)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(3), $"the cluster does not come to where it must: {Log("slurmctld.log")}{Log("slurmd.log")}");
            Thread.Sleep(100);
        }
    }

    public void Dispose()
    {
        Try("scancel", "--me");
        foreach (Process daemon in Enumerable.Reverse(daemons))
        {
            daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }
    }

    private void Daemon(string program, params string[] arguments)
    {
        Process process = Start(program, arguments, false);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        daemons.Add(process);
    }

    private Process Start(string program, string[] arguments, bool reads)
    {
        string file = File.Exists($"/usr/sbin/{program}") ? $"/usr/sbin/{program}" : program;
        ProcessStartInfo start = new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = !reads };
        start.Environment["SLURM_CONF"] = Configuration;
        return Process.Start(start)!;
    }

    private string Log(string name) => File.Exists(Path.Combine(folder, name)) ? string.Join('\n', File.ReadLines(Path.Combine(folder, name)).TakeLast(5)) + "\n" : "";

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A test that needs root and Slurm's daemons; without them it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlurmFactAttribute : FactAttribute
{
    public SlurmFactAttribute()
    {
        string? lacking = ((string[])["munged", "slurmctld", "slurmd"]).FirstOrDefault(p => !File.Exists($"/usr/sbin/{p}"));
        Skip = !System.Environment.IsPrivilegedProcess ? "needs root" : lacking is not null ? $"{lacking} is not installed (Debian: slurm-wlm, munge)" : null;
    }
}

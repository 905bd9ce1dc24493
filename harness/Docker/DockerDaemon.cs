using System.Globalization;
using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Docker;

/// <summary>
/// A Docker daemon of the lab's own, for machines that have the program and no engine running: on its own socket, in its own folders, touching neither
/// bridge nor packet filter of the machine. It stays for the next run, until <see cref="StopAsync"/>.
/// </summary>
/// <param name="runtimeFolder">Socket, process id, log; on a file system that a restart empties.</param>
/// <param name="dataFolder">Images and containers.</param>
/// <param name="controlGroup">Under which the daemon puts its containers; a single word.</param>
public sealed class DockerDaemon(string runtimeFolder, string dataFolder, string controlGroup)
{
    /// <summary>The one every command of the lab uses.</summary>
    public static readonly DockerDaemon Lab = new("/run/mizarlab/docker", "/var/lib/mizarlab/docker", "mizarlab");

    private const int LogTailLines = 5;

    private static readonly TimeSpan TurnLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>Where its engine answers.</summary>
    public string SocketPath { get; } = Path.Combine(runtimeFolder, "docker.sock");

    private string ProcessFile => Path.Combine(runtimeFolder, "docker.pid");

    private string ExecFolder => Path.Combine(runtimeFolder, "exec");

    private string ContainerdProcessFile => Path.Combine(ExecFolder, "containerd", "containerd.pid");

    private string LogFile => Path.Combine(runtimeFolder, "docker.log");

    private string LockFile => Path.Combine(runtimeFolder, "lock");

    /// <summary>Whether this process could start one.</summary>
    public static Availability Probe()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return Availability.No("no Docker Engine answers; starting the lab's own needs root");
        }
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Any(p => File.Exists(Path.Combine(p, "dockerd")))
            ? Availability.Yes
            : Availability.No("no Docker Engine answers and none is installed; as root: apt-get install docker.io");
    }

    /// <summary>The lab's own engine, started unless it runs.</summary>
    /// <exception cref="HarnessException">It does not start; the message has the end of its log.</exception>
    public async Task<DockerEngine> EnsureRunningAsync(CancellationToken cancel)
    {
        // Two labs at once start one daemon.
        using FileStream turn = await TakeTurnAsync(cancel).ConfigureAwait(false);
        Directory.CreateDirectory(dataFolder);
        if (await DockerEngine.TryConnectAsync(SocketPath, cancel).ConfigureAwait(false) is { } running)
        {
            return running;
        }
        int process = RunningProcess(ProcessFile) ?? Start();
        for (long end = Environment.TickCount64 + (long)StartLimit.TotalMilliseconds; Environment.TickCount64 < end;)
        {
            if (await DockerEngine.TryConnectAsync(SocketPath, cancel).ConfigureAwait(false) is { } engine)
            {
                return engine;
            }
            if (ProcessTable.StartTime(process) is null)
            {
                throw new HarnessException($"the lab's Docker daemon ended at once: {LogTail()}");
            }
            await Task.Delay(20, cancel).ConfigureAwait(false);
        }
        await EndAsync(process).ConfigureAwait(false);
        throw new HarnessException($"the lab's Docker daemon did not answer within {StartLimit.TotalSeconds:0} s: {LogTail()}");
    }

    /// <summary>Ends the lab's own daemon with all its containers and removes its folders; false when none ran and nothing of it was there.</summary>
    /// <exception cref="HarnessException">Something in its folders is mounted and in use; they are not deleted then.</exception>
    public async Task<bool> StopAsync(CancellationToken cancel)
    {
        if (!Directory.Exists(runtimeFolder) && !Directory.Exists(dataFolder))
        {
            return false;
        }
        using (FileStream turn = await TakeTurnAsync(cancel).ConfigureAwait(false))
        {
            using (DockerEngine? engine = await DockerEngine.TryConnectAsync(SocketPath, cancel).ConfigureAwait(false))
            {
                if (engine is not null)
                {
                    IReadOnlyList<ContainerEntry> containers = await engine.ListAsync(null, cancel).ConfigureAwait(false);
                    await Task.WhenAll(containers.Select(c => engine.RemoveAsync(c.Id, cancel))).ConfigureAwait(false);
                }
            }
            // The daemon ends its containerd itself, unless it was killed.
            foreach (string file in (string[])[ProcessFile, ContainerdProcessFile])
            {
                if (RunningProcess(file) is { } process)
                {
                    await EndAsync(process).ConfigureAwait(false);
                }
            }
            await RemoveAsync(dataFolder).ConfigureAwait(false);
            await RemoveAsync(runtimeFolder).ConfigureAwait(false);
        }
        RemoveControlGroups();
        return true;
    }

    private string[] Arguments() =>
    [
        "--host", "unix://" + SocketPath,
        "--data-root", dataFolder,
        "--exec-root", ExecFolder,
        "--pidfile", ProcessFile,
        "--cgroup-parent", controlGroup,
        "--bridge", "none",
        "--iptables=false",
        "--ip-forward=false",
        "--ip-masq=false",
        "--userland-proxy=false",
    ];

    private async Task<FileStream> TakeTurnAsync(CancellationToken cancel)
    {
        for (long end = Environment.TickCount64 + (long)TurnLimit.TotalMilliseconds; ;)
        {
            try
            {
                Directory.CreateDirectory(runtimeFolder);
                return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException trouble)
            {
                // Another has it, or has just removed the folder; a full or read-only file system stays so.
                if (Environment.TickCount64 > end)
                {
                    throw new HarnessException($"the lab's Docker daemon: {LockFile} cannot be had within {TurnLimit.TotalSeconds:0} s: {trouble.Message}", trouble);
                }
                await Task.Delay(50, cancel).ConfigureAwait(false);
            }
        }
    }

    private int Start()
    {
        // A daemon that was killed leaves these, and the next takes any process that has such a number for its own, be it one that has ended and was not waited for.
        foreach (string file in (string[])[ProcessFile, ContainerdProcessFile])
        {
            if (File.Exists(file) && RunningProcess(file) is null)
            {
                File.Delete(file);
            }
        }
        return DetachedProcess.Start("dockerd", Arguments(), LogFile);
    }

    /// <summary>The process a file names, if it is one of this daemon's and not another that got its number.</summary>
    private int? RunningProcess(string file) =>
        File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int process) && IsOurs(process)
            ? process
            : null;

    /// <summary>Daemon and containerd both have this daemon's runtime folder among their arguments.</summary>
    private bool IsOurs(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")).Contains(runtimeFolder + "/", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task EndAsync(int process)
    {
        const int terminate = 15, kill = 9;
        _ = DaemonCalls.Kill(process, terminate);
        for (long end = Environment.TickCount64 + (long)StopLimit.TotalMilliseconds; IsOurs(process);)
        {
            if (Environment.TickCount64 > end)
            {
                _ = DaemonCalls.Kill(process, kill);
            }
            await Task.Delay(20).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Deletes a folder of the daemon's, with what it left mounted in it: it binds its data folder onto itself, and forgets that when it finds it so.
    /// Nothing is deleted through a mount.
    /// </summary>
    private static async Task RemoveAsync(string folder)
    {
        // Deepest first: a mount point's path is longer than that of the one it is in.
        foreach (string point in MountsIn(folder).OrderByDescending(p => p.Length))
        {
            // What the daemon had open the kernel lets go of some time after its process has ended.
            for (long end = Environment.TickCount64 + (long)StopLimit.TotalMilliseconds; DaemonCalls.Unmount(point, 0) != 0;)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != DaemonCalls.Busy || Environment.TickCount64 > end)
                {
                    throw new HarnessException($"{folder} is not removed: {point} cannot be unmounted: {Marshal.GetPInvokeErrorMessage(error)}");
                }
                await Task.Delay(20).ConfigureAwait(false);
            }
        }
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] MountsIn(string folder) =>
        [.. File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4])
            .Where(point => point == folder || point.StartsWith(folder + "/", StringComparison.Ordinal))];

    /// <summary>The empty control groups the daemon leaves; one that is not empty stays.</summary>
    private void RemoveControlGroups()
    {
        const string root = "/sys/fs/cgroup";
        foreach (string group in Directory.Exists(root) ? Directory.GetDirectories(root).Append(root).Select(p => Path.Combine(p, controlGroup)) : [])
        {
            try
            {
                if (Directory.Exists(group))
                {
                    Directory.Delete(group);
                }
            }
            catch (IOException)
            {
                // In use by somebody.
            }
        }
    }

    private string LogTail() =>
        File.Exists(LogFile) ? string.Join(' ', File.ReadLines(LogFile).TakeLast(LogTailLines)) : "it left no log";
}
